"""What the reports are written with."""

from __future__ import annotations

import pytest

from attention_mesh.benchmarks.machine import machine_line, spread, table


def test_spread_gives_the_median_and_the_quartiles() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 10.0]) == "3.00 (2.00–4.00)"
    assert spread([3.14159], digits=1) == "3.1"


def test_table_is_padded_markdown() -> None:
    assert table(["a", "bee"], [["one", "2"]]) == "| a   | bee |\n|-----|-----|\n| one | 2   |"


def test_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError):
        table(["a", "b"], [["1", "2"], ["3", "4", "5"]])


def test_machine_line_names_cores_and_python_and_no_path() -> None:
    line = machine_line()
    assert " cores, " in line and "Python 3." in line and "/" not in line
