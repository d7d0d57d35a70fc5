"""The first stream that has something to say."""

from attention_mesh.framework.testing import run_calculator


def test_earlier_inputs_win_and_gaps_are_filled_by_later_ones():
    run = run_calculator(
        "MergeCalculator", {":0": [(10, "a"), (30, "c")], ":1": [(10, "x"), (20, "y")]}, bounds={":1": 31}
    )
    assert [(p.timestamp, p.value) for p in run.packets("")] == [(10, "a"), (20, "y"), (30, "c")]


def test_it_waits_until_every_earlier_input_is_settled():
    run = run_calculator("MergeCalculator", {":0": [], ":1": [(10, "x")]})
    assert run.bound("") <= 10
    settled = run_calculator("MergeCalculator", {":0": [], ":1": [(10, "x")]}, bounds={":0": 11})
    assert settled.bound("") == 11 and settled.values("") == ["x"]
