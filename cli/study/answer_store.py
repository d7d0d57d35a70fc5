"""The answers of a study, in an SQLite file that loses none of them in a crash."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from attention_mesh.cli.errors import StudyError
from attention_mesh.cli.study.study_set import Kind

Outcome = Literal["stored", "known", "conflict"]
"""What became of an answer: new; there already, as it is sent again; the image has another answer already."""

_APPLICATION_ID = 0x414D5354  # "AMST", in the file's header
_VERSION = 1
_WAIT_S = 10.0  # for another process that writes
_SCHEMA = """
CREATE TABLE study (name TEXT NOT NULL, token TEXT NOT NULL);
CREATE TABLE participants (id TEXT PRIMARY KEY, started_us INTEGER NOT NULL);
CREATE TABLE answers (
  id TEXT PRIMARY KEY,
  participant TEXT NOT NULL REFERENCES participants (id),
  image TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('real', 'ar')),
  response_ms INTEGER NOT NULL CHECK (response_ms >= 0),
  received_us INTEGER NOT NULL,
  UNIQUE (participant, image)
);
"""


@dataclass(frozen=True)
class Answer:
    """What a person took an image for.

    Attributes:
      id: 32 hexadecimal digits that the page drew; an answer that is sent twice counts once.
      participant: the person's number.
      image: name of the image.
      answer: what it was taken for.
      response_ms: from the appearance of the image to the answer, in milliseconds.
    """

    id: str
    participant: str
    image: str
    answer: Kind
    response_ms: int


class AnswerStore:
    """The file of a study's answers, which is made if it is absent.

    Every change is a transaction of its own that is on the disk when the call returns. Several threads, and
    several processes on one machine, may use a file at the same time.

    Args:
      file: the SQLite file.
      study: name of the study (`StudySet.name`); a file with answers to other images is refused.

    Raises:
      StudyError: the file is no such file, belongs to another study, or cannot be opened.
    """

    def __init__(self, file: Path, study: str) -> None:
        self.file = file
        self._lock = threading.Lock()
        with self._explained():
            self._connection = sqlite3.connect(
                file, timeout=_WAIT_S, isolation_level=None, check_same_thread=False
            )
        try:
            with self._explained():
                self._open(study)
        except BaseException:
            self._connection.close()
            raise

    @property
    def token(self) -> str:
        """32 hexadecimal digits by chance, which stay the same for a study."""
        with self._lock, self._explained():
            return str(self._connection.execute("SELECT token FROM study").fetchone()[0])

    def add_participant(self) -> str:
        """Makes a new participant. Returns their number: 32 hexadecimal digits by chance."""
        participant = secrets.token_hex(16)
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO participants VALUES (?, ?)", (participant, time.time_ns() // 1000)
            )
        return participant

    def answered(self, participant: str) -> list[str] | None:
        """Names of the images that a participant has answered; None if there is no such participant."""
        with self._lock, self._explained():
            known = self._connection.execute("SELECT 1 FROM participants WHERE id = ?", (participant,))
            if known.fetchone() is None:
                return None
            rows = self._connection.execute("SELECT image FROM answers WHERE participant = ?", (participant,))
            return [image for (image,) in rows]

    def add(self, answer: Answer) -> Outcome:
        """Stores an answer. The participant has to be known."""
        row = (answer.id, answer.participant, answer.image, answer.answer, answer.response_ms)
        with self._transaction() as connection:
            same = connection.execute(
                "SELECT id, participant, image, answer, response_ms FROM answers "
                "WHERE id = ? OR (participant = ? AND image = ?)",
                row[:3],
            ).fetchall()
            if same:
                return "known" if same == [row] else "conflict"
            connection.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", (*row, time.time_ns() // 1000)
            )
            return "stored"

    def answers(self) -> list[Answer]:
        """All answers in the order in which they came."""
        with self._lock, self._explained():
            rows = self._connection.execute(
                "SELECT id, participant, image, answer, response_ms FROM answers ORDER BY received_us, id"
            )
            return [Answer(*row) for row in rows]

    def close(self) -> None:
        """Closes the file. Closing twice does nothing."""
        with self._lock, self._explained():
            self._connection.close()

    def __enter__(self) -> AnswerStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _open(self, study: str) -> None:
        connection = self._connection
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != _APPLICATION_ID:
            raise StudyError(f"{self.file}: this is no file of a study's answers")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged outlives a power cut, too
        with self._transaction():
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute("INSERT INTO study VALUES (?, ?)", (study, secrets.token_hex(16)))
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != _VERSION:
            raise StudyError(f"{self.file}: its version is {version}, expected {_VERSION}")
        if connection.execute("SELECT name FROM study").fetchone() != (study,):
            raise StudyError(
                f"{self.file}: these answers belong to other images than those of the key beside them"
            )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that ends with the block: committed, or undone by an error."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # An error such as a full disk may have undone it already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StudyError(f"{self.file}: {error}") from error
