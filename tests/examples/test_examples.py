"""Every program in examples/ runs and does what its docstring says."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOSE_PX = (221, 131)  # of the astronaut, by eye


def example(name: str, *arguments: str | Path, folder: Path, **environment: str) -> str:
    """Runs a program of examples/ in `folder` and returns what it prints."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def changed_pixels(image: np.ndarray, before: np.ndarray) -> np.ndarray:
    """(H, W) bool: where two pictures differ by more than a codec changes them."""
    return np.abs(image.astype(int) - before).max(axis=2) > 60


@pytest.fixture
def folder(tmp_path: Path, clip: Path, astronaut: np.ndarray) -> Path:
    """A folder with the files that the examples speak of: photo.jpg and film.mp4."""
    cv2.imwrite(str(tmp_path / "photo.jpg"), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    shutil.copy(clip, tmp_path / "film.mp4")
    return tmp_path


def test_there_are_eight_programs_or_more_and_each_is_short() -> None:
    programs = sorted(EXAMPLES.glob("*.py"))
    assert len(programs) >= 8
    for program in programs:
        lines = [line for line in program.read_text(encoding="utf-8").splitlines() if line.strip()]
        assert 10 <= len(lines) <= 40, f"{program.name} has {len(lines)} lines"


def test_expressions_prints_pose_gaze_and_the_smile(folder: Path) -> None:
    printed = example("expressions.py", "photo.jpg", folder=folder)
    head, look, *shapes = printed.splitlines()
    assert re.fullmatch(r"face 0: [+-]\d+° up, [+-]\d+° to its left, rolled by [+-]\d+°,", head)
    assert re.search(r"(\d+) cm away", look) and 40 < int(re.search(r"(\d+) cm away", look)[1]) < 100
    assert len(shapes) == 5 and shapes[0].split()[0] in ("mouthSmileLeft", "mouthSmileRight")


def test_a_program_for_mediapipe_tasks_draws_the_mesh(folder: Path, astronaut: np.ndarray) -> None:
    printed = example("tasks_face_landmarker.py", "photo.jpg", "annotated.png", folder=folder)
    photo, annotated = (cv2.imread(str(folder / name)) for name in ("photo.jpg", "annotated.png"))
    rows, columns = np.nonzero((photo != annotated).any(axis=2))
    assert abs(columns.mean() - NOSE_PX[0]) < 25 and abs(rows.mean() - NOSE_PX[1]) < 35  # px
    assert printed.startswith("{'_neutral': 0.0, 'browDownLeft': ") and "[ 0." in printed


def test_the_readme_lists_every_program_and_no_other() -> None:
    listed = re.findall(r"\]\((\w+\.py)\)", (EXAMPLES / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(program.name for program in EXAMPLES.glob("*.py"))


def test_every_program_is_run_by_a_test_of_this_file() -> None:
    run = set(re.findall(r'(?:example\(|EXAMPLES / )"(\w+\.py)"', Path(__file__).read_text(encoding="utf-8")))
    assert run == {program.name for program in EXAMPLES.glob("*.py")}


def test_photo_draws_the_face_and_says_where_it_is(folder: Path, astronaut: np.ndarray) -> None:
    printed = example("photo.py", "photo.jpg", "annotated.png", folder=folder)
    (nose,) = re.findall(r"nose at \((\d+), (\d+)\)", printed)
    np.testing.assert_allclose([int(number) for number in nose], NOSE_PX, atol=6)
    annotated = cv2.imread(str(folder / "annotated.png"))
    assert changed_pixels(annotated[..., ::-1], astronaut)[80:180, 150:300].sum() > 200


def test_photo_names_a_file_that_is_no_picture(folder: Path) -> None:
    command = [sys.executable, EXAMPLES / "photo.py", "film.mp4", "annotated.png"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "film.mp4 is not a picture that OpenCV can read"


def test_film_to_table_has_a_row_for_every_frame(folder: Path) -> None:
    example("film_to_table.py", "film.mp4", "landmarks.csv", folder=folder)
    with open(folder / "landmarks.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["time_ms"]) for row in rows] == list(range(0, 800, 40))
    # She smiles: teeth and irises are in sight. Pixels.
    for name in ("mouth_px", "right_eye_px", "left_eye_px"):
        assert all(3 < float(row[name]) < 15 for row in rows), name


PROGRAMS = sorted(EXAMPLES.glob("*.py"))


def failing(program: Path, *arguments: str, folder: Path) -> str:
    """What a program that fails prints last; without a display."""
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    done = subprocess.run(
        [sys.executable, program, *arguments],
        **dict(cwd=folder, env=environment, capture_output=True, text=True, timeout=280),
    )
    assert done.returncode == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_program_without_arguments_says_how_it_is_called(program: Path, tmp_path: Path) -> None:
    printed = failing(program, folder=tmp_path)
    assert f"python examples/{program.name}" in printed and "Traceback" not in printed


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("drop_in", ["none.png", "out.png"]),
        ("expressions", ["none.png"]),
        ("film_to_table", ["none.mp4", "out.csv"]),
        ("mediapipe_graph", [str(EXAMPLES / "face_mesh_desktop.pbtxt"), "none.mp4"]),
        ("own_calculator", ["none.mp4"]),
        ("photo", ["none.png", "out.png"]),
        ("several_faces", ["none.mp4", "out.mp4"]),
        ("webcam", ["none.mp4"]),
    ],
)
def test_an_input_that_cannot_be_read_is_named(program: str, arguments: list[str], tmp_path: Path) -> None:
    last = failing(EXAMPLES / f"{program}.py", *arguments, folder=tmp_path).splitlines()[-1]
    assert re.match(r"none\.(png|mp4) is not a ", last)
    assert not list(tmp_path.iterdir())


def test_the_webcam_program_without_a_display_says_so(folder: Path) -> None:
    assert failing(EXAMPLES / "webcam.py", "film.mp4", folder=folder).startswith("there is no display")


def test_the_webcam_program_shows_the_face_of_a_video(
    display: str, folder: Path, astronaut: np.ndarray
) -> None:
    # sitecustomize runs before the program and keeps a copy of every picture that the window gets.
    (folder / "sitecustomize.py").write_text(
        "import cv2, numpy\n"
        "show, names = cv2.imshow, []\n"
        "def imshow(name, image):\n"
        "    show(name, image)\n"
        "    numpy.save(f'shown_{len(names):02d}.npy', image); names.append(name)\n"
        "cv2.imshow = imshow\n"
    )
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    example("webcam.py", "film.mp4", folder=folder, DISPLAY=display, PYTHONPATH=path)
    shown = sorted(folder.glob("shown_*.npy"))
    assert len(shown) == 20
    first = np.load(shown[0])[..., ::-1]
    assert changed_pixels(first, astronaut)[80:180, 150:300].sum() > 200  # the mesh is on the face


def test_several_faces_keep_their_ids(folder: Path, astronaut: np.ndarray) -> None:
    pair = np.hstack([astronaut, astronaut[:, ::-1]])[..., ::-1]
    writer = cv2.VideoWriter(str(folder / "two.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 25, (1024, 512))
    for _ in range(5):
        writer.write(np.ascontiguousarray(pair))
    writer.release()
    printed = example("several_faces.py", "two.mp4", "annotated.mp4", folder=folder)
    assert printed.splitlines() == [
        "face 1: 5 frames, from 0 to 160 ms",
        "face 2: 5 frames, from 0 to 160 ms",
    ]
    first = cv2.VideoCapture(str(folder / "annotated.mp4")).read()[1]
    changed = changed_pixels(first, pair)
    assert changed[:, :512].sum() > 200 and changed[:, 512:].sum() > 200


def test_drop_in_draws_what_mediapipe_would_draw(folder: Path, astronaut: np.ndarray) -> None:
    printed = example("drop_in.py", "photo.jpg", "annotated.png", folder=folder)
    (nose,) = re.findall(r"nose at \(([\d.]+), ([\d.]+)\)", printed)
    np.testing.assert_allclose([512 * float(number) for number in nose], NOSE_PX, atol=6)
    annotated = cv2.imread(str(folder / "annotated.png"))
    assert changed_pixels(annotated[..., ::-1], astronaut)[80:180, 150:300].sum() > 200


def test_own_calculator_measures_every_frame(folder: Path) -> None:
    lines = example("own_calculator.py", "film.mp4", folder=folder).splitlines()
    found = [re.fullmatch(r"(\d+) µs: \[([\d.]+)\]", line) for line in lines]
    assert [int(match[1]) for match in found if match] == list(range(0, 800_000, 40_000))
    assert all(0.05 < float(match[2]) < 0.5 for match in found if match)  # a smile: a little open


def test_mediapipe_graph_finds_the_face_of_every_frame(folder: Path) -> None:
    graph = EXAMPLES / "face_mesh_desktop.pbtxt"
    lines = example("mediapipe_graph.py", graph, "film.mp4", folder=folder).splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(0, 800_000, 40_000))
    first, last = (float(re.search(r"\(([\d.]+), ", line)[1]) for line in (lines[0], lines[-1]))
    assert first == pytest.approx(NOSE_PX[0] / 512, abs=0.012)
    assert last - first == pytest.approx(19 * 4 / 512, abs=0.012)  # the face moves 4 px per frame


def test_train_on_photos_makes_a_network_that_export_network_exports(
    folder: Path, astronaut: np.ndarray
) -> None:
    pytest.importorskip("tensorflow", reason="tensorflow is in the dev extra")
    (folder / "photos").mkdir()
    shutil.copy(folder / "photo.jpg", folder / "photos" / "a.jpg")
    cv2.imwrite(str(folder / "photos" / "b.png"), np.full((100, 100, 3), 90, np.uint8))  # no face
    quiet = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
    printed = example("train_on_photos.py", "photos", "out", "2", folder=folder, **quiet)
    assert "1 photos with a face" in printed and re.search(r"2 loss \d", printed)
    printed = example("export_network.py", "out/network.keras", "mesh.tflite", folder=folder, **quiet)
    assert "landmarks: (1, 478, 3)" in printed and "presence: (1, 1)" in printed
    assert (folder / "mesh.tflite").stat().st_size > 1e6  # bytes
