"""Side packets of the command line take the type the graph declares."""

import pytest

from attention_mesh.python_bindings.cli.side_packets import parse_side_packets
from attention_mesh.python_bindings.cli.usage_error import UsageError

TYPES = {"count": int, "gain": float, "on": bool, "name": str, "any": object}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("count=3", 3),
        ("gain=3", 3.0),
        ("gain=-1e-3", -0.001),
        ("on=true", True),
        ("on=No", False),
        ("name=3", "3"),
        ("name=a=b", "a=b"),
        ("name=", ""),
        ("any=3", 3),
        ("any=3.5", 3.5),
        ("any=false", False),
        ("any=text", "text"),
    ],
)
def test_a_value_is_read_as_the_declared_type(entry, expected):
    (value,) = parse_side_packets([entry], TYPES).values()
    assert value == expected and type(value) is type(expected)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("count", "name=value"),
        ("=3", "name=value"),
        ("count=3.5", "type int"),
        ("on=3", "type bool"),
        ("gain=loud", "type float"),
        ("volume=3", "takes no side packet volume.*any, count, gain"),
    ],
)
def test_a_wrong_entry_is_an_error_that_quotes_it(entry, message):
    with pytest.raises(UsageError, match=message) as caught:
        parse_side_packets([entry], TYPES)
    assert entry in str(caught.value)
