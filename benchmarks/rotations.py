"""Measures how faces are found in photos that are turned in their plane.

    python benchmarks/rotations.py --photos FOLDER [--step 30] [--every 1] [--output FILE.md]

The faces that are found in the upright photo are the reference. The photo is turned on a larger black canvas,
and searched again for one face. That face is right if its landmarks lie within 8 % of the distance of the
outer eye corners (mean) from those of a reference face, turned with the photo; else it is wrong. Without a
face it is missed. The detector "short" searches like MediaPipe.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.landmark_groups import interocular_distance

RIGHT_WITHIN = 0.08
"""Of the distance of the outer eye corners; a mesh that is upright over an inverted face is off by 100 %."""

MOST_FACES = 8
DETECTORS = ("auto", "short", "full")
OUTCOMES = ("right", "wrong", "missed")


def turn(image: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """The image turned clockwise on a canvas that holds it, and the (2, 3) map of its pixels."""
    height, width = image.shape[:2]
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    size = round(width * cos + height * sin), round(width * sin + height * cos)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return cv2.warpAffine(image, matrix, size), matrix


def distances(found: np.ndarray, references: np.ndarray) -> np.ndarray:
    """(F, R): the mean distance of landmarks over the reference's distance of the outer eye corners.

    Args:
      found: (F, N, 2+) px.
      references: (R, N, 2) px.
    """
    gaps = np.linalg.norm(found[:, None, :, :2] - references[None], axis=3).mean(axis=2)
    return gaps / np.array([interocular_distance(face) for face in references])


def outcome(found: np.ndarray, references: np.ndarray) -> str:
    """Says what the search for one face made of the reference faces: right, wrong or missed."""
    if not len(found):
        return "missed"
    return "right" if distances(found[:1], references).min() < RIGHT_WITHIN else "wrong"


def measure(paths: list[Path], degrees: list[int]) -> tuple[dict[tuple[str, int], Counter], dict[str, float]]:
    """Counts of outcomes by detector and angle, and the mean milliseconds of a photo by detector."""
    counts = {(name, angle): Counter() for name in DETECTORS for angle in degrees}
    seconds = Counter()
    finder = FaceLandmarker(FaceLandmarkerOptions(num_faces=MOST_FACES))
    landmarkers = {name: FaceLandmarker(FaceLandmarkerOptions(detector=name)) for name in DETECTORS}
    for path in paths:
        image = cv2.imread(str(path))
        if image is None:
            continue
        image = np.ascontiguousarray(image[..., ::-1])
        references = finder.detect(image).landmarks_px[..., :2]
        if not len(references):
            continue
        for angle in degrees:
            turned, matrix = turn(image, angle)
            expected = references @ matrix[:, :2].T + matrix[:, 2]
            for name, landmarker in landmarkers.items():
                start = time.perf_counter()
                found = landmarker.detect(turned).landmarks_px
                seconds[name] += time.perf_counter() - start
                counts[name, angle][outcome(found, expected)] += 1
    looks = max(1, sum(sum(counts[DETECTORS[0], angle].values()) for angle in degrees))
    return counts, {name: 1e3 * total / looks for name, total in seconds.items()}


def report(paths: list[Path], degrees: list[int]) -> str:
    counts, milliseconds = measure(paths, degrees)
    photos = sum(counts[DETECTORS[0], degrees[0]].values())
    head = ["turned by", *(f"{name}: {' / '.join(OUTCOMES)}" for name in DETECTORS)]
    rows = [
        [
            f"{angle}°",
            *(" / ".join(str(counts[name, angle][what]) for what in OUTCOMES) for name in DETECTORS),
        ]
        for angle in degrees
    ]
    times = ", ".join(f"{name} {milliseconds[name]:.0f} ms" for name in DETECTORS)
    made = f"Made by `python benchmarks/rotations.py`. {machine_description()}."
    return "\n\n".join(
        [
            "# Turned faces",
            f"{made} {photos} photos with a face, one face asked. Mean time of a photo, all angles: {times}.",
            markdown_table(head, rows),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="folder of photos with faces")
    parser.add_argument("--step", type=int, default=30, help="degrees from one angle to the next")
    parser.add_argument("--every", type=int, default=1, help="use every so many photos only")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    paths = sorted(path for path in arguments.photos.iterdir() if path.is_file())[:: arguments.every]
    text = report(paths, list(range(0, 360, arguments.step))) + "\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
