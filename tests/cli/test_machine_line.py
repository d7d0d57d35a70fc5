"""The line that says what a measurement was made on."""

from attention_mesh.cli.machine_line import machine_line


def test_it_names_cores_and_python_and_no_path() -> None:
    line = machine_line()
    assert " cores, " in line and "Python 3." in line and "/" not in line
