"""Side packets of the command line take the type the graph declares."""

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.side_packets import parse_side_packets, split_entries

TYPES = {
    "count": int,
    "gain": float,
    "on": bool,
    "name": str,
    "any": object,
    "size": tuple,
    "sizes": list | tuple,
    "limit": int | str,
    "model": bytes,
}


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
        ("size=640,480", (640, 480)),
        ("sizes=0.5,2", [0.5, 2]),
        ("limit=7", 7),
        ("limit=none", "none"),
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
        ("size=large", "type tuple"),
        ("model=absent.tflite", "No such file"),
        ("volume=3", "takes no side packet volume.*any, count, gain"),
    ],
)
def test_a_wrong_entry_is_an_error_that_quotes_it(entry, message):
    with pytest.raises(UsageError, match=message) as caught:
        parse_side_packets([entry], TYPES)
    assert entry in str(caught.value)


def test_bytes_are_a_files(tmp_path):
    (tmp_path / "net.tflite").write_bytes(b"\x00net")
    assert parse_side_packets([f"model={tmp_path / 'net.tflite'}"], TYPES) == {"model": b"\x00net"}


def test_entries_as_mediapipes_programs_take_them():
    assert split_entries("a=1,b=x/y.mp4") == ["a=1", "b=x/y.mp4"] and split_entries("") == []
