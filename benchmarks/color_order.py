"""Measures how often a face tells that an image is BGR, and how often it says so of an image that is not.

    python benchmarks/color_order.py NAME=FOLDER [NAME=FOLDER …] [--output FILE.md]

Each folder holds photos with a face. The landmarks are found in RGB. The rule looks at the photo as it is,
with its channels swapped, and in blue light: red divided and blue multiplied by the same factor.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from attention_mesh import FaceLandmarker
from attention_mesh.cli.machine import machine_description
from attention_mesh.geometry.color_order import is_bgr
from attention_mesh.media.image_format import is_image_path
from attention_mesh.media.open_source import open_source
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.python_bindings.landmarker.color_order_check import skin_landmarks

LIGHTS = (1.16, 1.35, 1.65)  # so that blue / red grows to 1.35, 1.8 and 2.7 times


def blue(image: np.ndarray, factor: float) -> np.ndarray:
    """The image in blue light, (H, W, 3) uint8 RGB."""
    return np.clip(image * np.array([1 / factor, 1, factor]), 0, 255).astype(np.uint8)


def measure(folder: Path) -> tuple[list[list[bool]], float]:
    """For each face: what the rule says of the image, of BGR and in each light; and its time in µs."""
    found, spent_s = [], 0.0
    with FaceLandmarker() as landmarker:
        for file in sorted(path for path in folder.iterdir() if is_image_path(path)):
            with open_source(str(file)) as source:
                image = next(iter(source)).image
            for points in landmarker.detect(image).landmarks_px:
                skin = points[skin_landmarks()]
                start = time.process_time()
                said = [is_bgr(image, skin)]
                spent_s += time.process_time() - start
                said.append(is_bgr(image[..., ::-1], skin))
                found.append(said + [is_bgr(blue(image, factor), skin) for factor in LIGHTS])
    return found, 1e6 * spent_s / max(len(found), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    rows = []
    for entry in arguments.folders:
        name, _, folder = entry.partition("=")
        found, time_us = measure(Path(folder))
        counts = np.array(found).sum(axis=0)
        share = f"{counts[1] / len(found):.0%}"
        rows.append([name, *map(str, (len(found), counts[0], *counts[2:])), share, f"{time_us:.0f}"])
    lights = [f"in light {factor**2:.2g} times as blue" for factor in LIGHTS]
    header = ["images", "faces", "RGB called BGR", *lights, "BGR noticed at the first face", "µs of a look"]
    text = (
        "# Colors in the wrong order\n\n"
        "`FaceLandmarker` and the solutions look at the first eight faces, and warn once if one shows that\n"
        "red and blue are swapped.\n\n" + markdown_table(header, rows) + f"\n\n{machine_description()}.\n"
    )
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
