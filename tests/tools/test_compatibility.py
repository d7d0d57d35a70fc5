"""docs/compatibility.md says what the package has: its tables are those that its script makes."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "compatibility.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("compatibility_page", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_script_writes(script):
    text = script.PAGE.read_text(encoding="utf-8")
    assert text == script.with_tables(text), "run: python tools/compatibility.py"


def test_a_calculator_without_a_row_is_an_error(script):
    facts = {"calculators": {"GateCalculator": ""}, "own": []}
    with pytest.raises(ValueError, match="says nothing of .*PassThroughCalculator"):
        script.calculator_rows(facts)


def test_a_row_without_a_calculator_is_an_error(script):
    rows = {"*Calculator*": "", "SwitchContainer": "", "NoSuchCalculator2": ""}
    with pytest.raises(ValueError, match="not registered: NoSuchCalculator2"):
        script.calculator_rows({"calculators": rows, "own": []})
