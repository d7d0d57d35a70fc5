"""The file of a study's answers: what was acknowledged is there, and nothing counts twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from attention_mesh.cli.errors import StudyError
from attention_mesh.cli.study.answer_store import Answer, AnswerStore

STUDY = "0123456789abcdef"


def answer(participant: str, number: int, image: int = 0) -> Answer:
    return Answer(f"{number:032x}", participant, f"{image:032x}", "real", 700)


@pytest.fixture
def store(tmp_path):
    with AnswerStore(tmp_path / "answers.sqlite3", STUDY) as opened:
        yield opened


def test_answers_are_there_after_reopening(store) -> None:
    participant = store.add_participant()
    given = [answer(participant, number, number) for number in range(3)]
    assert [store.add(one) for one in given] == ["stored"] * 3
    token = store.token
    store.close()
    with AnswerStore(store.file, STUDY) as again:
        assert again.answers() == given
        assert again.answered(participant) == [one.image for one in given]
        assert again.token == token and len(token) == 32


def test_an_answer_counts_once(store) -> None:
    participant, other = store.add_participant(), store.add_participant()
    first = answer(participant, 1)
    outcomes = {
        "new": first,
        "sent again": first,
        "another answer to the image": answer(participant, 2),
        "another answer under its id": replace(first, answer="ar"),
        "another image under its id": answer(participant, 1, image=5),
        "of somebody else": answer(other, 3),
    }
    assert {case: store.add(given) for case, given in outcomes.items()} == {
        "new": "stored",
        "sent again": "known",
        "another answer to the image": "conflict",
        "another answer under its id": "conflict",
        "another image under its id": "conflict",
        "of somebody else": "stored",
    }
    assert store.answers() == [first, answer(other, 3)]


def test_an_unknown_participant_has_no_answers(store) -> None:
    assert store.answered("f" * 32) is None
    with pytest.raises(StudyError, match="FOREIGN KEY"):
        store.add(answer("f" * 32, 1))
    assert store.answers() == []


def test_threads_and_stores_add_at_the_same_time(store) -> None:
    participant = store.add_participant()

    def add(opened: AnswerStore, start: int) -> None:
        for number in range(start, start + 20):
            assert opened.add(answer(participant, number, number)) == "stored"

    with AnswerStore(store.file, STUDY) as other:
        threads = [
            threading.Thread(target=add, args=(opened, 100 * turn))
            for turn, opened in enumerate((store, store, other))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(store.answers()) == 60


ADD_UNTIL_KILLED = """
import sys
from pathlib import Path
from attention_mesh.cli.study.answer_store import Answer, AnswerStore
store = AnswerStore(Path(sys.argv[1]), sys.argv[2])
participant = store.add_participant()
for number in range(10_000_000):
    assert store.add(Answer(f"{number:032x}", participant, f"{number:032x}", "ar", 1)) == "stored"
    print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_process_has_lost_nothing_that_it_acknowledged(tmp_path) -> None:
    file = tmp_path / "answers.sqlite3"
    command = [sys.executable, "-c", ADD_UNTIL_KILLED, str(file), STUDY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        seen += process.stdout.readlines()
    acknowledged = [int(line) for line in seen if line.endswith("\n")]
    with AnswerStore(file, STUDY) as store:
        numbers = [int(one.id, 16) for one in store.answers()]
    assert len(acknowledged) >= 20
    assert sorted(numbers)[: len(acknowledged)] == acknowledged
    assert len(numbers) - len(acknowledged) in (0, 1)  # one may be stored but not yet acknowledged


def test_a_full_disk_is_one_error_and_no_half_an_answer(store, file_size_limit) -> None:
    participant = store.add_participant()
    size = Path(f"{store.file}-wal").stat().st_size
    with file_size_limit(size + 2000), pytest.raises(StudyError, match="answers.sqlite3: "):
        for number in range(1000):
            store.add(answer(participant, number, number))
    kept = store.answers()
    assert store.add(answer(participant, 5000, 5000)) == "stored"
    assert len(store.answers()) == len(kept) + 1


def other_database(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()


def newer_version(file: Path) -> None:
    AnswerStore(file, STUDY).close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()


WRONG = {
    "of another study": (lambda file: AnswerStore(file, "another").close(), "belong to other images"),
    "another database": (other_database, "this is no file of a study's answers"),
    "no database": (lambda file: file.write_bytes(b"answers" * 300), "file is not a database"),
    "a newer version": (newer_version, "its version is 9, expected 1"),
    "a folder": (lambda file: file.mkdir(), "unable to open database file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_error(case, tmp_path) -> None:
    make, error = WRONG[case]
    file = tmp_path / "answers.sqlite3"
    make(file)
    with pytest.raises(StudyError) as caught:
        AnswerStore(file, STUDY)
    assert error in str(caught.value) and str(file) in str(caught.value)
