"""The program as a whole: it starts fast, and every command has a help text."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import typer

import attention_mesh
from attention_mesh.cli.app import app


def program(*arguments: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "attention_mesh", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def test_help_comes_fast_and_names_the_commands():
    program("--help")  # compiles the modules
    ours, bare = [], []
    for _ in range(5):
        start = time.perf_counter()
        done = program("--help")
        middle = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import typer, rich.console"], check=True)
        ours.append(middle - start)
        bare.append(time.perf_counter() - middle)
    assert done.returncode == 0
    for name in ("run", "bench", "demo", "train", "export", "graph", "models"):
        assert name in done.stdout
    # Relative to the libraries that print the help, because machines differ and are busy at times.
    assert min(ours) < 4 * min(bare)


def test_help_imports_neither_opencv_nor_the_runtime_nor_protobuf():
    code = (
        "import sys; from attention_mesh.cli import app; "
        "heavy = ('cv2', 'numpy', 'ai_edge_litert', 'google.protobuf'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_command_is_wrong_usage():
    assert program("walk").returncode == 2


def commands(command, name="attention-mesh") -> Iterator[tuple[str, object]]:
    """Yields every command of the program with its full name, groups included."""
    yield name, command
    for inner_name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {inner_name}")


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_the_walk_over_the_commands_finds_inner_ones():
    assert {"attention-mesh run", "attention-mesh models save", "attention-mesh evaluate photos"} < set(
        COMMANDS
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_help_cuts_off_no_name_and_no_summary(name):
    command = COMMANDS[name]
    with typer.Context(command, info_name=name, terminal_width=80) as context:
        text = command.get_help(context)
    words = text.replace(",", " ").replace("/", " ").split()
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert {*parameter.opts, *parameter.secondary_opts} <= set(words)
    if hasattr(command, "commands"):
        for line in text[text.index("Commands:") :].splitlines():
            assert not line.endswith("..."), line


def test_it_tells_its_version_and_completes_names_in_a_shell():
    assert program("--version").stdout == f"attention-mesh {attention_mesh.__version__}\n"
    shell = {
        "_ATTENTION_MESH_COMPLETE": "complete_bash",
        "COMP_WORDS": "attention-mesh pup",
        "COMP_CWORD": "1",
    }
    code = "import sys; sys.argv = ['attention-mesh']; from attention_mesh.cli.program import main; main()"
    completed = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | shell, capture_output=True, text=True
    )
    assert completed.stdout.split() == ["puppet"]


@pytest.mark.parametrize("command", ["run", "puppet", "makeup"])
def test_an_input_is_named_once(command, tmp_path):
    done = program(command, "film.mp4", "--input", "other.mp4", "--output", str(tmp_path / "out.mp4"))
    assert done.returncode == 2
    assert done.stderr == "error: two inputs, 'film.mp4' and --input 'other.mp4'; give one\n"
    missing = str(tmp_path / "film.mp4")
    done = program(command, missing, "--output", str(tmp_path / "out.mp4"))
    assert done.returncode != 0 and missing in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_says_what_it_does(name):
    command = COMMANDS[name]
    assert command.help, f"{name} has no help text"
    for parameter in command.params:
        text = parameter.help or ""
        assert text.endswith((".", ")")), f"{name}: the help of {parameter.name} is no sentence: {text!r}"


HANGING = """
import sys, threading, cv2, numpy as np
from attention_mesh.cli import app, program

def read():
    image = np.zeros((1080, 1920, 3), np.uint8)
    while True:
        cv2.medianBlur(image, 5)
        begun.set()

def command():
    print("written")
    raise SystemExit({code})

begun = threading.Event()
app.app = command
threading.Thread(target=read, name="{name}", daemon=True).start()
begun.wait(30)
program.main()
"""


@pytest.mark.parametrize("name", ["attention-mesh decode", "attention-mesh open"])
@pytest.mark.parametrize("code, expected", [("None", 0), ("0", 0), ("2", 2), ("'an error'", 1), ("130", 130)])
def test_a_thread_that_hangs_in_foreign_code_does_not_change_the_exit_code(
    start_processes, name, code, expected
):
    command = [sys.executable, "-c", HANGING.format(name=name, code=code)]
    for run in start_processes(command, 3):
        printed, errors = run.communicate(timeout=120)
        assert (run.returncode, printed.strip(), errors) == (expected, "written", "")
