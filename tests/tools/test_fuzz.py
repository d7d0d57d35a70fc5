"""Fuzzing: each kind for some seconds, without a fault; and faults are counted, whatever they are."""

from __future__ import annotations

import os
import time

import pytest

from attention_mesh.errors import AttentionMeshError
from attention_mesh.tools.fuzz import __main__ as command
from attention_mesh.tools.fuzz.kind import FuzzKind
from attention_mesh.tools.fuzz.kinds import KINDS
from attention_mesh.tools.fuzz.run import FuzzCounts, run_fuzz

# So many inputs of a kind, else 150; `python -m attention_mesh.tools.fuzz all --seconds 3600` tries more.
MOST = {"large-graphs": 50}  # which take up to a second each
# Keras starts slowly; tests/models/attention_mesh/test_keras_file.py has the cases of its files.
CHECKED = [name for name in KINDS if not name.endswith("-raw") and name != "networks"]


@pytest.mark.slow  # 2 to 5 s a kind: the one test of what strangers may send, in processes that may die
@pytest.mark.parametrize("kind", CHECKED)
def test_no_input_is_a_fault(kind):
    counts = run_fuzz(kind, 60, most=MOST.get(kind, 150))
    assert sum(count.tried for count in counts.values()) >= 50
    assert not {group: count.examples for group, count in counts.items() if count.faults}
    assert any(count.taken for count in counts.values()), (
        "all are refused: the inputs are too odd to test much"
    )


def test_the_same_number_is_the_same_input():
    from attention_mesh.tools.fuzz.kinds import find_kind

    kind = find_kind("models")
    assert [kind.case(number) for number in range(20)] == [kind.case(number) for number in range(20)]


def _read(case: object, stage: object) -> bool:
    """A reader with all faults."""
    if case == 1:
        raise AttentionMeshError("refused")
    if case == 2:
        raise KeyError("foreign")
    if case == 3:
        os.abort()
    if case == 4:
        assert callable(stage)
        stage("trial")
        os.abort()
    if case == 5:
        time.sleep(60)
    return True


FAULTY = FuzzKind("faulty", lambda numbers: ("all", numbers.randrange(6)), _read)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")
def test_every_fault_is_counted(monkeypatch):
    """In children, as the real ones: one takes each case that kills it."""
    monkeypatch.setitem(KINDS, "faulty", "faulty.KIND")
    monkeypatch.setattr("attention_mesh.tools.fuzz.run.HANG_S", 3.0)
    monkeypatch.setattr(
        "attention_mesh.tools.fuzz.run.CHILD",
        "from attention_mesh.tools.fuzz import child\n"
        "from attention_mesh.tests.tools import test_fuzz\n"
        "child.find_kind = lambda name: test_fuzz.FAULTY\n"
        "child.main()\n",
    )
    cases = [FAULTY.case(number)[1] for number in range(40)]
    first = {case: cases.index(case) for case in range(6)}
    most = max(first.values()) + 1
    seen = cases[:most]
    counts = run_fuzz("faulty", 120, most=most)["all"]
    assert counts.taken == seen.count(0) and counts.refused == seen.count(1)
    assert counts.stopped == seen.count(4) and counts.tried == most
    assert counts.faults == {"KeyError": seen.count(2), "SIGABRT": seen.count(3), "hang": seen.count(5)}
    assert counts.examples["KeyError"] == first[2]


def test_the_table_has_a_row_per_group():
    counts = FuzzCounts(taken=2, refused=1)
    counts.add("fault SIGSEGV", 17)
    assert command.table({"one": counts}).splitlines()[2] == "| one | 4 | 2 | 1 | 0 | 1 SIGSEGV (first: 17) |"
