"""``python -m attention_mesh``: the command line."""

from attention_mesh.cli.program import main

if __name__ == "__main__":
    main()
