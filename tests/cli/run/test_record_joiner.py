"""RecordJoiner: one record per frame, in the order of the frames, for any order of the packets."""

import numpy as np

from attention_mesh.cli.run.record_joiner import RecordJoiner
from attention_mesh.media.frame import Frame


def joiner(streams):
    emitted = []
    return emitted, RecordJoiner(
        streams, lambda frame, values: (frame.index, frame.timestamp_us, values), emitted.append
    )


def frame(index):
    return Frame(np.zeros((2, 2, 3), np.uint8), 100 * index, index, f"frame_{index}")


def test_a_record_waits_for_every_stream():
    emitted, join = joiner(["a", "b"])
    join.expect(frame(0))
    join.add("a", 0, "a0")
    assert emitted == []
    join.add("b", 0, "b0")
    assert emitted == [(0, 0, {"a": "a0", "b": "b0"})]


def test_a_bound_stands_for_a_packet_that_never_comes():
    emitted, join = joiner(["a", "b"])
    for index in range(3):
        join.expect(frame(index))
        join.add("a", 100 * index, index)
    join.settle("b", 150)
    assert emitted == [(0, 0, {"a": 0}), (1, 100, {"a": 1})]
    join.add("b", 200, "late")
    assert emitted[2] == (2, 200, {"a": 2, "b": "late"})


def test_streams_may_run_ahead_of_each_other():
    emitted, join = joiner(["fast", "slow"])
    for index in range(4):
        join.expect(frame(index))
        join.add("fast", 100 * index, index)
    assert emitted == []
    for index in range(4):
        join.add("slow", 100 * index, -index)
        assert emitted[-1] == (index, 100 * index, {"fast": index, "slow": -index})
    assert len(emitted) == 4


def test_packets_at_other_times_are_let_go_and_the_end_emits_the_rest():
    emitted, join = joiner(["a", "b"])
    join.add("a", -100, "before")
    join.expect(frame(1))
    join.expect(frame(2))
    join.add("a", 50, "between")
    join.add("a", 100, "a1")
    join.finish()
    assert emitted == [(1, 100, {"a": "a1"}), (2, 200, {})]


def test_when_all_streams_have_passed_a_time_records_wait_for_none():
    emitted, join = joiner(["a", "b"])
    for index in range(3):
        join.expect(frame(index))
    join.add("a", 0, "a0")
    join.add("a", 200, "a2")
    join.settle_all(100)
    assert emitted == [(0, 0, {"a": "a0"}), (1, 100, {})]
    join.settle_all(200)
    assert emitted[2:] == [(2, 200, {"a": "a2"})]
