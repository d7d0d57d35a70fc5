"""The description of the machine that a measurement was made on."""

from attention_mesh.cli.machine import machine_description


def test_it_names_cores_and_python_and_no_path() -> None:
    line = machine_description()
    assert " cores, " in line and "Python 3." in line and "/" not in line
