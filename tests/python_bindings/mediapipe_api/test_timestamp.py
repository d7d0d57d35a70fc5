"""Timestamps read, compare and add as MediaPipe's do, also with ints."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from attention_mesh.framework import timestamps
from attention_mesh.python_bindings.mediapipe_api.timestamp import Timestamp

SPECIAL = {
    "UNSET": -(2**63),
    "UNSTARTED": -(2**63) + 1,
    "PRESTREAM": -(2**63) + 2,
    "MIN": -(2**63) + 3,
    "MAX": 2**63 - 4,
    "POSTSTREAM": 2**63 - 3,
    "DONE": 2**63 - 1,
}


@pytest.mark.parametrize(("name", "value"), SPECIAL.items())
def test_special_value_has_its_number_and_its_name(name: str, value: int) -> None:
    special = getattr(Timestamp, name)
    assert special.value == value
    assert repr(special) == f"<mediapipe.Timestamp with value: {name}>"
    assert special.is_special_value()


# name -> is_range_value, is_allowed_in_stream, as in mediapipe 0.10.21
KINDS = {
    "UNSET": (False, False),
    "UNSTARTED": (False, False),
    "PRESTREAM": (False, True),
    "MIN": (True, True),
    "MAX": (True, True),
    "POSTSTREAM": (False, True),
    "DONE": (False, False),
}


@pytest.mark.parametrize(("name", "expected"), KINDS.items())
def test_kinds_of_special_values(name: str, expected: tuple[bool, bool]) -> None:
    special = getattr(Timestamp, name)
    assert (special.is_range_value(), special.is_allowed_in_stream()) == expected


def test_ordinary_value_is_in_range_and_not_special() -> None:
    ordinary = Timestamp(0)
    assert ordinary.is_range_value() and ordinary.is_allowed_in_stream() and not ordinary.is_special_value()


def test_reads_as_its_number() -> None:
    assert repr(Timestamp(-7)) == str(Timestamp(-7)) == "<mediapipe.Timestamp with value: -7>"


@pytest.mark.parametrize("value", [5, np.int64(5), np.int32(5), Timestamp(5)])
def test_is_made_of_ints_and_timestamps(value: object) -> None:
    made = Timestamp(value)
    assert made.value == 5 and type(made.value) is int


@pytest.mark.parametrize("value", [1.5, "a", None])
def test_is_not_made_of_anything_else(value: object) -> None:
    with pytest.raises(TypeError, match="from an int of microseconds or a Timestamp"):
        Timestamp(value)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_must_fit_into_64_bits(value: int) -> None:
    with pytest.raises(OverflowError, match="64 bits"):
        Timestamp(value)


def test_compares_with_timestamps_and_ints_from_both_sides() -> None:
    early, late = Timestamp(1), Timestamp(2)
    assert early == 1 and 1 == early and early != late and early != 2
    assert early < late <= 2 and 2 > early and late >= early and late > 1
    assert sorted([late, 0, early]) == [0, 1, 2]


def test_does_not_compare_with_floats_or_text() -> None:
    assert Timestamp(1) != 1.5 and Timestamp(1) != "1"
    with pytest.raises(TypeError):
        Timestamp(1) < 1.5  # noqa: B015  (that it raises is what is tested)


def test_hashes_as_its_number() -> None:
    assert {Timestamp(3): "three"}[3] == "three"


def test_adds_and_subtracts_microseconds() -> None:
    assert Timestamp(10) + 5 == 15 and 5 + Timestamp(10) == 15 and Timestamp(10) - 4 == 6
    assert isinstance(Timestamp(10) + 5, Timestamp)
    assert Timestamp(10) - Timestamp(4) == 6 and type(Timestamp(10) - Timestamp(4)) is int


def test_sums_stop_at_the_ends_of_the_range() -> None:
    assert Timestamp.MAX + 1 == Timestamp.MAX
    assert Timestamp.MIN - 1 == Timestamp.MIN


@pytest.mark.parametrize("special", [Timestamp.UNSET, Timestamp.PRESTREAM, Timestamp.DONE])
def test_special_values_allow_no_arithmetic(special: Timestamp) -> None:
    with pytest.raises(ValueError, match="is a special value"):
        special + 1
    with pytest.raises(ValueError, match="is a special value"):
        Timestamp(0) - special


def test_two_timestamps_do_not_add() -> None:
    with pytest.raises(TypeError):
        Timestamp(1) + Timestamp(1)


# Halves go away from zero, as read off mediapipe 0.10.21.
@pytest.mark.parametrize(
    ("seconds", "microseconds"),
    [(1.5, 1_500_000), (-0.3, -300_000), (1e-7, 0), (5e-7, 1), (-5e-7, -1), (3, 3_000_000)],
)
def test_from_seconds_rounds_to_the_nearest_microsecond(seconds: float, microseconds: int) -> None:
    assert Timestamp.from_seconds(seconds) == microseconds


@pytest.mark.parametrize("seconds", [1e20, -1e20, float("nan"), float("inf")])
def test_from_seconds_refuses_what_is_out_of_range(seconds: float) -> None:
    with pytest.raises(ValueError, match="outside the range"):
        Timestamp.from_seconds(seconds)


def test_seconds_and_microseconds() -> None:
    assert Timestamp(1_500_000).seconds() == 1.5
    assert Timestamp(1_500_000).microseconds() == 1_500_000


def test_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Timestamp(1).value = 2


def test_survives_pickling_and_indexes() -> None:
    assert pickle.loads(pickle.dumps(Timestamp(9))) == 9
    assert list(range(Timestamp(3))) == [0, 1, 2]


def test_the_streams_bound_has_a_name_but_no_constant() -> None:
    assert "ONEOVERPOSTSTREAM" in repr(Timestamp(timestamps.ONE_OVER_POST_STREAM))
    assert not hasattr(Timestamp, "ONEOVERPOSTSTREAM")
