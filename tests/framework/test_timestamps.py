import pytest

from attention_mesh.framework import timestamps as ts


def test_special_values_are_mediapipes_numbers_in_mediapipes_order():
    assert (ts.UNSET, ts.DONE) == (-(2**63), 2**63 - 1)
    order = [ts.UNSET, ts.UNSTARTED, ts.PRE_STREAM, ts.MIN]
    assert order == list(range(-(2**63), -(2**63) + 4))
    order = [ts.MAX, ts.POST_STREAM, ts.ONE_OVER_POST_STREAM, ts.DONE]
    assert order == list(range(2**63 - 4, 2**63))


@pytest.mark.parametrize(
    "timestamp, text",
    [(ts.UNSET, "Timestamp::Unset()"), (ts.PRE_STREAM, "Timestamp::PreStream()"), (0, "0"), (-5, "-5")],
)
def test_description_names_special_values_and_counts_the_rest(timestamp, text):
    assert ts.describe(timestamp) == text


def test_packets_may_stand_from_pre_stream_to_post_stream():
    allowed = [t for t in (*range(ts.UNSET, ts.MIN + 1), 0, *range(ts.MAX, ts.DONE + 1))]
    allowed = [t for t in allowed if ts.is_allowed_in_stream(t)]
    assert allowed == [ts.PRE_STREAM, ts.MIN, 0, ts.MAX, ts.POST_STREAM]


@pytest.mark.parametrize(
    "timestamp, following",
    [
        (ts.PRE_STREAM, ts.ONE_OVER_POST_STREAM),
        (ts.MIN, ts.MIN + 1),
        (0, 1),
        (ts.MAX - 1, ts.MAX),
        (ts.MAX, ts.ONE_OVER_POST_STREAM),
        (ts.POST_STREAM, ts.ONE_OVER_POST_STREAM),
    ],
)
def test_nothing_follows_pre_stream_max_and_post_stream_packets(timestamp, following):
    assert ts.next_allowed(timestamp) == following


@pytest.mark.parametrize("special", [ts.PRE_STREAM, ts.POST_STREAM, ts.ONE_OVER_POST_STREAM, ts.DONE])
def test_special_bounds_are_not_shifted(special):
    assert ts.shifted(special, 1000) == ts.shifted(special, -1000) == special


def test_shifted_bounds_stay_between_min_and_max():
    assert ts.shifted(5, 3) == 8
    assert ts.shifted(ts.MAX - 1, 10) == ts.MAX
    assert ts.shifted(ts.MIN + 1, -10) == ts.MIN
