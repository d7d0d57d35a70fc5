"""Text as whole numbers."""

import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator


@pytest.mark.parametrize(
    ("name", "text", "number"),
    [
        ("StringToIntCalculator", "-42", -42),
        ("StringToInt32Calculator", " +7 ", 7),
        ("StringToInt64Calculator", str(2**63 - 1), 2**63 - 1),
        ("StringToUintCalculator", str(2**32 - 1), 2**32 - 1),
        ("StringToUint32Calculator", "0", 0),
        ("StringToUint64Calculator", str(2**64 - 1), 2**64 - 1),
    ],
)
def test_text_becomes_a_number(name, text, number):
    assert run_calculator(name, side={"": text}).side_outputs == {"": number}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("StringToIntCalculator", "1.5"),
        ("StringToIntCalculator", "1_000"),
        ("StringToIntCalculator", ""),
        ("StringToIntCalculator", str(2**31)),
        ("StringToUintCalculator", "-1"),
        ("StringToUint64Calculator", str(2**64)),
    ],
)
def test_other_text_is_an_error(name, text):
    with pytest.raises(CalculatorError, match="is no whole number from"):
        run_calculator(name, side={"": text})


def test_numbers_of_other_sizes_have_no_node():
    with pytest.raises(ConfigError, match='no calculator is called "StringToInt8Calculator"'):
        run_calculator("StringToInt8Calculator", side={"": "1"})
