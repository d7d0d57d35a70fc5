"""Pieces of long films: where films are cut, how tracks are joined, and that the whole film comes out."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pyarrow.compute
import pyarrow.parquet
import pytest

import attention_mesh
from attention_mesh.datasets.arrow import BLINK_COLUMNS, PartWriter
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.piece_file import JoinedFilm, piece_facts, piece_path, remove_other_pieces
from attention_mesh.datasets.pieces import (
    CutFilm,
    Piece,
    TrackNumbers,
    TrackRows,
    cut_times,
    same_tracks,
    without_seams,
)
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.sources import find_sources
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.task_pool import Limits, TaskPool
from attention_mesh.datasets.worker import Worker
from attention_mesh.media.film_piece import PieceError
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.tests.datasets.conftest import read_table, write_film

CUT = DatasetOptions(num_faces=2, piece_seconds=10)
WHOLE = dataclasses.replace(CUT, piece_seconds=0)
FPS = 8


@pytest.mark.parametrize(
    ("duration", "piece", "starts"),
    [(100, 0, [0]), (14, 10, [0]), (16, 10, [0, 10]), (34, 10, [0, 10, 20]), (0, 10, [0])],
)
def test_a_film_is_cut_into_equal_pieces_and_a_last_one(duration, piece, starts):
    pieces = cut_times(duration, piece)
    assert [found.start_us for found in pieces] == starts
    assert [found.end_us for found in pieces] == [*starts[1:], None]


@pytest.mark.parametrize(
    ("seams", "left"),
    [
        ([], [(0, 1), (1, 2), (2, 3), (3, None)]),
        ([0, 1], [(0, 3), (3, None)]),
        ([2], [(0, 1), (1, 2), (2, None)]),
    ],
)
def test_pieces_that_do_not_meet_become_one(seams, left):
    pieces = [Piece(0, 1), Piece(1, 2), Piece(2, 3), Piece(3, None)]
    assert [(piece.start_us, piece.end_us) for piece in without_seams(pieces, seams)] == left


def rows(*entries: tuple[int, int, float], landmark: float = 0.0) -> TrackRows:
    """Rows of (time, track, place of the face along x in px); faces are 100 px wide."""
    times, tracks, places = (
        (np.array(column) for column in zip(*entries, strict=True)) if entries else [np.empty(0)] * 3
    )
    rois = np.array([(place, 50, 100, 100, 0) for place in places], np.float32).reshape(-1, 5)
    return TrackRows(times, tracks.astype(int), rois, np.repeat(places[:, None], 3, 1) + landmark)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (rows(), rows(), {}),
        (rows((5, 7, 50)), rows((5, 1, 50)), {1: 7}),
        (rows((4, 7, 50), (5, 7, 60)), rows((4, 1, 52), (5, 1, 60)), {1: 7}),
        (rows((5, 7, 50), (5, 3, 300)), rows((5, 1, 300), (5, 2, 50)), {1: 3, 2: 7}),
        (rows((4, 7, 50)), rows((4, 1, 50)), {1: 7}),  # lost before the cut, and perhaps found again after it
        (rows((5, 7, 50)), rows((5, 1, 50), (5, 2, 300)), None),  # one more face
        (rows((5, 7, 50), (5, 3, 300)), rows((5, 1, 50)), None),  # one less
        (rows((5, 7, 50)), rows((5, 1, 300)), None),  # another face
        (rows((5, 7, 50)), rows((5, 1, 50.01)), None),  # not yet settled
        (rows((5, 7, 50)), rows((5, 1, 50), landmark=0.09), {1: 7}),
        (rows((5, 7, 50)), rows((5, 1, 50), landmark=0.11), None),  # the filter has not settled
        (rows((4, 7, 50), (5, 8, 300)), rows((4, 1, 50), (5, 1, 300)), {1: 8}),
        (rows((4, 7, 50), (5, 7, 60)), rows((4, 1, 52), (5, 2, 60)), None),  # two tracks of one face
    ],
)
def test_tracks_are_the_same_if_their_regions_meet_in_the_last_frame(before, after, same):
    assert same_tracks(before, after, last_us=5) == same


def test_tracks_get_their_numbers_and_places_as_in_the_whole_film():
    numbers = TrackNumbers()
    assert numbers.ordered_frame([4]) == ([0], [1])
    assert numbers.ordered_frame([4, 9]) == ([0, 1], [1, 2])
    assert numbers.ordered_frame([]) == ([], [])
    assert numbers.ordered_frame([9]) == ([0], [2])
    numbers.begin_piece({1: 9, 3: 4})
    # The next piece saw them in another order; track 2 is new, and track 3 comes back.
    assert numbers.ordered_frame([2, 1]) == ([1, 0], [2, 3])
    assert numbers.ordered_frame([3, 1, 2]) == ([1, 2, 0], [2, 3, 1])


def test_a_piece_is_no_shorter_than_its_overlap_makes_sense():
    with pytest.raises(InputError, match="piece_seconds=5; expected 0, or a number of seconds from 10 on"):
        DatasetOptions(piece_seconds=5)


@pytest.fixture(scope="module")
def film(tmp_path_factory, astronaut) -> Path:
    """26 s with two faces: they move, come and go, also close to the cut at 10 s, and change places."""
    face = cv2.resize(astronaut[:256, 96:352], (160, 160), interpolation=cv2.INTER_AREA)
    nobody = np.full_like(face, 90)
    pictures = []
    for index in range(26 * FPS):
        left = np.roll(face, round(9 * np.sin(index / 7)), axis=1)
        right = np.roll(face[:, ::-1], round(7 * np.sin(index / 5)), axis=0)
        has_left = not (20 <= index < 30 or 78 <= index < 82 or 120 <= index < 131)
        has_right = not (40 <= index < 50 or 160 <= index < 170)
        pictures.append(np.hstack([left if has_left else nobody, right if has_right else nobody]))
    path = tmp_path_factory.mktemp("long") / "film.mp4"
    write_film(path, pictures, FPS)
    return path


@pytest.fixture(scope="module")
def whole(film, tmp_path_factory) -> Path:
    """The table of the film, measured from beginning to end."""
    folder = tmp_path_factory.mktemp("whole")
    (row,) = Worker(folder, WHOLE).run(task_of(film))
    assert (row["status"], row["frames"]) == ("done", 26 * FPS)
    return folder


@pytest.fixture(scope="module")
def measured(film, tmp_path_factory) -> tuple[Path, CutFilm]:
    """A folder with the measured pieces of the film, and how it was cut."""
    folder = tmp_path_factory.mktemp("pieces")
    worker, task = Worker(folder, CUT), task_of(film)
    cut = worker.cut(task)
    assert cut is not None
    assert [piece.start_us for piece in cut.pieces] == [0, 10_000_000, 20_000_000]
    assert all(worker.measure_piece(task, cut, piece) for piece in cut.pieces)
    worker.close()
    return folder, cut


@pytest.fixture
def pieces(measured, tmp_path) -> tuple[Path, CutFilm]:
    """A copy of them, to join or to damage."""
    return Path(shutil.copytree(measured[0], tmp_path / "table")), measured[1]


def task_of(film: Path) -> Task:
    return Task(tuple(find_sources(str(film))))


def assert_same(folder: Path, whole: Path) -> None:
    """The rows agree; landmarks to 0.001 px, which is what the filter's memory of 7.5 s ago is worth."""
    found, expected = read_table(folder), read_table(whole)
    for name in ("frame", "timestamp_us", "face", "track_id", *BLINK_COLUMNS):
        assert [row[name] for row in found] == [row[name] for row in expected], name
    for name in ("landmarks_px", "roi", "blendshapes", "pose", "gaze", "eye_aspect_ratios"):
        values = [[row[name] for row in table] for table in (found, expected)]
        np.testing.assert_allclose(*values, atol=1e-3, rtol=0, err_msg=name)


def test_a_film_in_pieces_is_the_whole_film(film, whole, pieces):
    folder, cut = pieces
    (row,) = Worker(folder, CUT).join(task_of(film), cut)
    (expected,) = TableFolder(whole).manifest()
    assert len({found["track_id"] for found in read_table(folder)}) >= 3
    assert_same(folder, whole)
    for name in row.keys() - {"seconds"}:
        assert row[name] == expected[name], name
    assert not list((folder / "pieces").iterdir())


def test_pieces_that_are_there_are_used_again_and_others_go(film, pieces):
    folder, cut = pieces
    worker, task = Worker(folder, CUT), task_of(film)
    paths = [piece_path(folder, task.part, piece) for piece in cut.pieces]
    states = [path.stat().st_mtime_ns for path in paths]
    assert all(worker.measure_piece(task, cut, piece) for piece in cut.pieces)
    assert [path.stat().st_mtime_ns for path in paths] == states
    left_over = folder / "pieces/other-0-end.parquet"
    left_over.write_bytes(b"")
    remove_other_pieces(folder, [task.part])
    assert sorted((folder / "pieces").iterdir()) == sorted(paths)
    paths[1].write_bytes(b"damaged")
    assert worker.join(task, cut) == cut  # to be measured again


def test_pieces_that_do_not_meet_become_one_that_is_measured_again(film, pieces):
    folder, cut = pieces
    worker, task = Worker(folder, CUT), task_of(film)
    path = piece_path(folder, task.part, cut.pieces[1])
    table = pyarrow.parquet.read_table(path)
    key = b"attention_mesh.manifest"
    table = table.replace_schema_metadata({key: pyarrow.parquet.read_metadata(path).metadata[key]})
    pyarrow.parquet.write_table(table.filter(pyarrow.compute.field("face") == 0), path)  # one face less
    again = worker.join(task, cut)
    assert isinstance(again, CutFilm)
    # At 10 s both pieces have one face; at 20 s the film has two.
    assert again.pieces == (cut.pieces[0], Piece(10_000_000, None))


def test_pieces_with_other_frames_where_they_overlap_are_no_film(film, pieces):
    folder, cut = pieces
    paths = [piece_path(folder, task_of(film).part, piece) for piece in cut.pieces]
    timestamps = [piece_facts(path)["timestamps_us"] for path in paths]
    with pytest.raises(PieceError, match="the frames differ from those of the piece before"):
        JoinedFilm(paths, cut, [timestamps[0], timestamps[1][1:], timestamps[2]])


def test_pieces_between_which_no_picture_was_measured_twice_do_not_meet(film, pieces):
    folder, cut = pieces
    paths = [piece_path(folder, task_of(film).part, piece) for piece in cut.pieces[:2]]
    film_of_two = dataclasses.replace(cut, pieces=(cut.pieces[0], Piece(10_000_000, None)))
    joined = JoinedFilm(paths, film_of_two, [[0, 1_000_000], [11_000_000]])  # 10 s without a picture
    assert joined.bad_seams == [0]


def write_empty_pieces(folder: Path, film: Path, pieces: Iterable[Piece], seconds: float) -> None:
    for piece in pieces:
        facts = {"timestamps_us": [], "seconds": seconds, "version": attention_mesh.__version__}
        PartWriter(piece_path(folder, task_of(film).part, piece), half=False).commit([facts])


def test_a_process_joins_pieces_and_measures_or_fails_other_films_once(film, whole, pieces):
    folder, cut = pieces
    slow = Path(shutil.copy(film, folder.parent / "slow.mp4"))
    write_empty_pieces(folder, slow, cut.pieces, seconds=2000.0)
    odd = folder.parent / "odd.mp4"  # its pieces from 100 s on have no key picture nearby
    write_film(odd, [np.full((64, 64, 3), 90, np.uint8)] * 170, fps=1)
    write_empty_pieces(folder, odd, cut_times(170_000_000, 10_000_000)[:10], seconds=1.0)
    with TaskPool(folder, CUT, 1, Limits()) as pool:
        done = [row for rows in pool.work([task_of(path) for path in (slow, odd, film)]) for row in rows]
    assert sorted((Path(row["source"]).name, row["status"], row["error"]) for row in done) == [
        ("film.mp4", "done", None),
        ("odd.mp4", "done", None),
        ("slow.mp4", "failed", "it took more than 3600 seconds"),
    ]
    assert_same(folder, whole)
