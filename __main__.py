"""``python -m attention_mesh``: the command line."""

from attention_mesh.python_bindings.cli.app import main

if __name__ == "__main__":
    main()
