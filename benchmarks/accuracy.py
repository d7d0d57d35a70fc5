"""Compares our landmarks with the official runtime's and with human annotation, and prints tables.

    .venv/bin/python benchmarks/accuracy.py --data FOLDER [--limit N] [--detector short] [--output FILE.md]

FOLDER holds photos/ and iris/ with the annotations photos68.npz and iris189.npz, videos/, and the landmarks
of mediapipe 0.10.21 in mediapipe_photos.npz, mediapipe_iris.npz and mediapipe_videos.npz. The report leaves
out whatever is missing. Differences are in percent of the interocular distance; errors are as in
landmark_errors.py.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from face_mesh_run import FaceMeshRun
from landmark_errors import differences, iris_errors

from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.landmark_errors import annotation_errors
from attention_mesh.models.evaluation.markdown import markdown_table

# Row of the tables -> graph.
GRAPHS = {"one pass": "face_mesh", "two passes": "face_mesh_two_pass", "ten crops": "face_mesh_best"}

# The official video landmarks are stored as integers, eighths of a pixel; this one means "no face".
VIDEO_UNITS_PER_PX, NO_FACE = 8, -16000


@dataclass
class Still:
    """One image of a set: our meshes of a face, by the graph, and the official mesh, in px."""

    name: str
    official: np.ndarray | None
    ours: dict[str, np.ndarray | None]
    annotation: np.ndarray | None


def nearest_face(faces: np.ndarray, place: np.ndarray) -> np.ndarray | None:
    """The face of (F, N, 3) px whose center is nearest to a point (2,) px; None if there is no face."""
    if not len(faces):
        return None
    return faces[np.argmin(np.linalg.norm(faces[:, :, :2].mean(axis=1) - place, axis=1))]


def read_stills(data: Path, folder: str, annotations: str, limit: int | None, detector: str) -> list[Still]:
    """Runs all graphs on every image of a set. Raises FileNotFoundError if an image is missing."""
    official = np.load(data / f"mediapipe_{folder}.npz")
    annotated = np.load(data / annotations)["pts"]
    stills = []
    with contextlib.ExitStack() as stack:
        runs = {
            what: stack.enter_context(FaceMeshRun(graph, detector=detector)) for what, graph in GRAPHS.items()
        }
        for name, mesh, points in list(zip(official["names"], official["attention"], annotated, strict=True))[
            :limit
        ]:
            image = cv2.imread(str(data / folder / str(name)))
            if image is None:
                raise FileNotFoundError(f"{data / folder / str(name)} is missing or is no image")
            image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            reference = None if np.isnan(mesh).any() else mesh
            known = None if np.isnan(points).any() else points
            if reference is None and known is None:
                continue
            place = (known if reference is None else reference)[:, :2].mean(axis=0)
            ours = {what: nearest_face(run.landmarks_px(image), place) for what, run in runs.items()}
            stills.append(Still(str(name), reference, ours, known))
    return stills


def agreement_row(what: str, pairs: list[tuple[np.ndarray | None, np.ndarray | None]]) -> list[str]:
    """A table row for pairs (ours, official) of meshes: how many faces each found, and their distances."""
    both = [
        differences(ours, official) for ours, official in pairs if ours is not None and official is not None
    ]
    errors = np.array(both) if both else np.full((1, 1), np.nan)
    lost = sum(ours is None and official is not None for ours, official in pairs)
    gained = sum(ours is not None and official is None for ours, official in pairs)
    return [
        what,
        str(len(pairs)),
        str(lost),
        str(gained),
        f"{np.median(errors):.3f}",
        f"{np.percentile(errors, 95):.3f}",
        f"{np.percentile(errors, 99):.3f}",
        f"{np.median(errors, axis=1).max():.3f}",
    ]


def annotation_rows(
    stills: list[Still], error: Callable[[np.ndarray, np.ndarray], Any]
) -> dict[str, np.ndarray]:
    """Mean errors of the official mesh and of each graph, on images in which all found the face."""
    known = [s for s in stills if s.annotation is not None and s.official is not None]
    known = [s for s in known if all(mesh is not None for mesh in s.ours.values())]
    meshes = {
        "mediapipe 0.10.21": [s.official for s in known],
        **{what: [s.ours[what] for s in known] for what in GRAPHS},
    }
    return {
        who: np.mean([error(mesh, s.annotation) for mesh, s in zip(found, known, strict=True)], axis=0)
        for who, found in meshes.items()
    }


def error_lines(what: str, rows: dict[str, np.ndarray]) -> list[list[str]]:
    """Table rows: errors, and in parentheses their ratio to the official errors."""
    official = rows["mediapipe 0.10.21"]
    return [
        [what if i == 0 else "", who]
        + [
            f"{value:.3f}" + (f" ({100 * (value / base - 1):+.1f} %)" if i else "")
            for value, base in zip(row, official, strict=True)
        ]
        for i, (who, row) in enumerate(rows.items())
    ]


def video_frames(path: Path) -> Iterator[tuple[int, np.ndarray]]:
    """Yields (timestamp in µs, RGB frame) of a video."""
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS) or 30.0
    try:
        for number in range(sys.maxsize):
            read, frame = capture.read()
            if not read:
                return
            yield round(number * 1_000_000 / rate), cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    finally:
        capture.release()


def video_pairs(path: Path, stored: np.ndarray) -> list[tuple[np.ndarray | None, np.ndarray | None]]:
    """Pairs (ours, official) for each frame whose official landmarks are stored."""
    pairs = []
    with FaceMeshRun("face_mesh", use_prev_landmarks=True, num_faces=1) as run:
        for (timestamp_us, frame), mesh in zip(video_frames(path), stored, strict=False):
            official = None if (mesh == NO_FACE).any() else mesh.astype(np.float32) / VIDEO_UNITS_PER_PX
            faces = run.landmarks_px(frame, timestamp_us)
            pairs.append((faces[0] if len(faces) else None, official))
    return pairs


def report(data: Path, limit: int | None, detector: str) -> str:
    """The whole report as Markdown."""
    sets = {
        name: read_stills(data, name, annotations, limit, detector)
        for name, annotations in (("photos", "photos68.npz"), ("iris", "iris189.npz"))
        if (data / f"mediapipe_{name}.npz").exists()
    }
    agreement = [
        agreement_row(name, [(s.ours["one pass"], s.official) for s in stills])
        for name, stills in sets.items()
    ]
    if (data / "mediapipe_videos.npz").exists():
        videos = np.load(data / "mediapipe_videos.npz")
        for path in sorted((data / "videos").glob("*.mp4")):
            if path.stem in videos.files and (videos[path.stem] != NO_FACE).any():
                agreement.append(
                    agreement_row(f"{path.stem} (video)", video_pairs(path, videos[path.stem][:limit]))
                )
    parts = [
        "Difference to mediapipe 0.10.21, percent of the interocular distance; images: one pass, "
        f"{detector} detector; videos: tracked, no smoothing.\n",
        markdown_table(
            ["data", "images", "lost", "gained", "median", "95th", "99th", "worst image's median"], agreement
        ),
    ]
    if "photos" in sets:
        lines = []
        for what, prefix in (("AFW", "afw"), ("Helen", "helen")):
            part = [s for s in sets["photos"] if s.name.startswith(prefix)]
            if part:
                lines += error_lines(f"{what} ({len(part)})", annotation_rows(part, annotation_errors))
        parts += [
            "\nError against the 68-point annotation, percent (relative to the official runtime's).\n",
            markdown_table(["photos", "landmarks of", "inner 51", "lips", "eyes"], lines),
        ]
    if "iris" in sets:
        rows = annotation_rows(sets["iris"], iris_errors)
        count = sum(s.annotation is not None for s in sets["iris"])
        parts += [
            "\nError against the 8-point iris rings, percent of eye width and of radius.\n",
            markdown_table(["portraits", "landmarks of", "center", "radius"], error_lines(str(count), rows)),
        ]
    return "\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with the images and the official landmarks"
    )
    parser.add_argument("--limit", type=int, help="only so many images a set and frames a video")
    parser.add_argument("--detector", default="short", choices=["short", "full", "auto"])
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    given = parser.parse_args()
    made = f"{machine_description()}, OpenCV {cv2.__version__}"
    text = f"{made}\n\n{report(given.data, given.limit, given.detector)}\n"
    print(text)
    if given.output:
        given.output.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
