"""Measures makeup: the mask against human contours, the color, its steadiness in films, and the time.

    python benchmarks/makeup.py [--photos FOLDER NPZ] [--portraits FOLDER NPZ] [--pictures FOLDER]
        [--tongues FOLDER] [--films FILE …] [--output FILE.md]

NPZ of --photos holds `names` and `pts` (n, 68, 2) px, contours of 68 points in MATLAB's pixel coordinates,
whose first pixel has its center at 1. NPZ of --portraits holds `names` and `pts` (n, 189, 2) px, a template
of 189 points. --pictures is a folder of portraits without annotation.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from lip_films import film_tables
from lip_masks import mask_tables, read, tongue_table
from skimage.color import deltaE_ciede2000

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.machine import machine_description
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, lab_to_rgb, rgb_to_lab
from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.lipstick import Finish, Lipstick, paint_lipstick, visible_lips
from attention_mesh.drawing.makeup.look import Look, load_look, product_colors
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.drawing.makeup.scene_light import skin_light
from attention_mesh.models.evaluation.markdown import markdown_table

COLORS = ("red", "nude", "plum", "coral")
LIGHTS = (0.4, 0.7, 1.4)  # factors on linear light
FRAME = (1280, 720)
FULL_LOOKS = ("natural_glow", "office", "bridal", "evening_smoky", "classic_red", "golden_hour", "stage")
FACE_HEIGHTS = (120, 240, 480)  # px, forehead to chin
RUNS = 200


class Portrait(NamedTuple):
    """A picture (H, W, 3) uint8 RGB, and the landmarks (478, 3) px of its largest face."""

    name: str
    image: np.ndarray
    landmarks: np.ndarray


def portraits(folder: Path, names: list[str]) -> Iterator[Portrait]:
    with FaceLandmarker(FaceLandmarkerOptions(num_threads=1, refine_passes=2)) as landmarker:
        for name in names:
            image = read(folder / name)
            result = None if image is None else landmarker.detect(image)
            if image is not None and result is not None and len(result):
                yield Portrait(name, image, result.landmarks_px[0])


def color_tables(folder: Path) -> str:
    """Differences of matte paint from the asked color, shading, and what the light does."""
    asked = {
        name: rgb_to_lab(np.array([[product_colors("lipstick")[name]]], np.uint8))[0, 0] for name in COLORS
    }
    hues: dict[str, list[float]] = {name: [] for name in COLORS}
    still: dict[str, list[float]] = {name: [] for name in COLORS}
    shading: dict[Finish, list[float]] = {finish: [] for finish in Finish}
    lights: dict[tuple[float, bool], list[float]] = {}
    names = sorted(path.name for path in folder.iterdir())
    count = 0
    for face in portraits(folder, names):
        size = face.image.shape[1], face.image.shape[0]
        mask = lip_mask(size, face.landmarks, face.image)
        if mask is None:
            continue
        bare = rgb_to_lab(face.image[mask.part])
        sure = visible_lips(face.image, mask, face.landmarks, skin_light(face.image, face.landmarks)) > 0.95
        if sure.sum() < 30:
            continue
        count += 1

        def worn(image: np.ndarray, lipstick: Lipstick, follow: bool = True) -> np.ndarray:
            image = image.copy()
            paint_lipstick(image, mask, face.landmarks, lipstick, skin_light(image, face.landmarks), follow)  # noqa: B023
            return rgb_to_lab(image[mask.part])  # noqa: B023

        for name in COLORS:
            for results, follow in ((hues, True), (still, False)):
                found = np.median(
                    worn(face.image, Lipstick(product_colors("lipstick")[name], Finish.MATTE), follow)[sure],
                    axis=0,
                )
                results[name].append(float(deltaE_ciede2000(at_level(found, asked[name][0]), asked[name])))
        for finish in Finish:
            after = worn(face.image, Lipstick(product_colors("lipstick")["red"], finish))
            shading[finish].append(float(np.corrcoef(bare[sure][:, 0], after[sure][:, 0])[0, 1]))
        red = Lipstick(product_colors("lipstick")["red"], Finish.MATTE)
        for factor in LIGHTS:
            for follow in (True, False):
                lit = rgb_to_lab(relit(lab_to_rgb(worn(face.image, red, follow)), factor))
                other = worn(relit(face.image, factor), red, follow)
                difference = deltaE_ciede2000(np.median(lit[sure], axis=0), np.median(other[sure], axis=0))
                lights.setdefault((factor, follow), []).append(float(difference))
    hue_rows = [
        [name, f"{np.median(hues[name]):.1f}", f"{np.percentile(hues[name], 90):.1f}"]
        + [f"{100 * np.mean(np.array(hues[name]) <= 4):.0f} %", f"{np.median(still[name]):.1f}"]
        + [f"{100 * np.mean(np.array(still[name]) <= 4):.0f} %"]
        for name in COLORS
    ]
    shading_rows = [
        [finish.value, f"{np.median(values):.3f}", f"{np.percentile(values, 10):.3f}"]
        + [f"{100 * np.mean(np.array(values) >= 0.9):.0f} %"]
        for finish, values in shading.items()
    ]
    light_rows = [
        [f"× {factor}", *(f"{np.median(lights[factor, follow]):.1f}" for follow in (False, True))]
        for factor in LIGHTS
    ]
    return "\n\n".join(
        [
            f"{count} portraits of all ages, skin tones and lights. The median color of surely covered lip "
            "pixels, matte, at the asked color's level (light scales L + 16, a and b alike), against the "
            "asked color: ΔE00. Where the light has a cast, paint follows it, which this counts as an error; "
            "the last columns are without that.",
            markdown_table(
                ["color", "median", "90th percentile", "within 4", "median, light ignored", "within 4"],
                hue_rows,
            ),
            "Correlation of the lightness of the lips' pixels before and after:",
            markdown_table(["finish", "median", "10th percentile", "at least 0.9"], shading_rows),
            "What following the light is worth: ΔE00 between a picture that is painted and then darkened (or "
            "brightened), as a camera would see the lipstick, and one that is darkened and then painted. "
            "Matte red, median:",
            markdown_table(["light", "light ignored", "light followed"], light_rows),
        ]
    )


def at_level(lab: np.ndarray, lightness: float) -> np.ndarray:
    """A color (3,) CIELAB in other light, in which it has this lightness."""
    factor = (lightness + LIGHTNESS_OFFSET) / (lab[0] + LIGHTNESS_OFFSET)
    return np.array([lightness, lab[1] * factor, lab[2] * factor])


def relit(image: np.ndarray, factor: float) -> np.ndarray:
    """An sRGB image in `factor` times the light."""
    levels = np.arange(256) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4) * factor
    coded = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )
    return np.rint(np.clip(coded, 0, 1) * 255).astype(np.uint8)[image]


def milliseconds(work: Callable[[], object]) -> str:
    """CPU time of the process: the median, and the fastest run, which no other program disturbed."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return f"{np.median(times):.2f} ({np.min(times):.2f})"


def sized_faces() -> list[tuple[int, np.ndarray, np.ndarray]]:
    """The astronaut in frames of 720p: the face's height in pixels, the frame, the landmarks (478, 3) px."""
    photo = astronaut_photo()
    with FaceLandmarker() as landmarker:
        landmarks = landmarker.detect(photo).landmarks_px[0]
    faces = []
    for height in FACE_HEIGHTS:
        scale = height / np.ptp(landmarks[:, 1])
        enlarged = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        image = np.zeros((FRAME[1], FRAME[0], 3), np.uint8)
        part = enlarged[: FRAME[1], : FRAME[0]]
        image[: len(part), : part.shape[1]] = part
        faces.append((height, image, (landmarks * scale).astype(np.float32)))
    return faces


def look_rows() -> list[list[str]]:
    """CPU time per face of each product of a look, and of full looks: relative to lipstick, and in ms."""
    full = load_look(FULL_LOOKS[-1])
    looks = {field.name: Look(**{field.name: getattr(full, field.name)}) for field in fields(Look)}
    looks |= {name: load_look(name) for name in FULL_LOOKS}
    rows: dict[str, list[str]] = {name: [] for name in looks if name != "lipstick"}
    for _, image, face in sized_faces():
        for name, row in rows.items():
            # In turn with lipstick, so that both see the same load of the machine.
            ratios, times = [], []
            for _ in range(RUNS):
                moments = [time.process_time()]
                for each in (looks[name], looks["lipstick"], None):
                    if each is None:
                        image.copy()  # which a frame costs anyway
                    else:
                        painted(image, face[None], each)
                    moments.append(time.process_time())
                look_s, lipstick_s, copy_s = np.diff(moments)
                ratios.append((look_s - copy_s) / max(lipstick_s - copy_s, 1e-6))
                times.append(1000 * (look_s - copy_s))
            row += [f"{np.median(ratios):.1f}", f"{np.median(times):.2f} ({np.min(times):.2f})"]
    return [[name, *row] for name, row in rows.items()]


def time_rows() -> list[list[str]]:
    """CPU time per face in a frame of 720p, by the face's height and the finish."""
    rows = []
    for height, image, face in sized_faces():
        size = image.shape[1], image.shape[0]
        mask = lip_mask(size, face)
        assert mask is not None
        row = [f"{height} px", f"{mask.width_px:.0f} px", milliseconds(lambda: lip_mask(size, face))]  # noqa: B023
        for finish in Finish:
            lipstick = Lipstick(product_colors("lipstick")["red"], finish)

            def paint() -> None:
                painted_mask = lip_mask(size, face, image)  # noqa: B023
                assert painted_mask is not None
                paint_lipstick(image, painted_mask, face, lipstick, skin_light(image, face))  # noqa: B023

            row.append(milliseconds(paint))
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=Path, nargs=2, help="folder, and .npz with 68 points")
    parser.add_argument("--portraits", type=Path, nargs=2, help="folder, and .npz with 189 points")
    parser.add_argument("--pictures", type=Path, help="folder of portraits")
    parser.add_argument("--tongues", type=Path, help="folder of the portraits in tongues.json")
    parser.add_argument("--films", type=Path, nargs="*", default=[], help="films of a face")
    parser.add_argument("--output", type=Path, help="Markdown file")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    parts = ["# Makeup", f"Made by `python benchmarks/makeup.py`. {machine_description()}."]
    if options.photos or options.portraits:
        parts += ["## Mask", mask_tables(options.photos, options.portraits)]
    if options.tongues:
        parts += [
            "## Tongues\n\nThe part of hand-marked tongues that hang out.",
            tongue_table(options.tongues),
        ]
    if options.pictures:
        parts += ["## Color", color_tables(options.pictures)]
    if options.films:
        parts += ["## Steadiness", film_tables(options.films)]
    parts += [
        f"## Time\n\nCPU time per face in milliseconds, median (and fastest) of {RUNS} runs, in a frame of "
        f"{FRAME[0]} × {FRAME[1]}; one thread. The finishes include the mask.",
        markdown_table(["face", "mouth", "mask", *(finish.value for finish in Finish)], time_rows()),
        f"The products of {FULL_LOOKS[-1]} one by one, and whole looks: their time relative to that of its "
        "lipstick (gloss), which is painted in turn with them, and in milliseconds. The copy of the frame "
        "does not count.",
        markdown_table(
            ["", *(title for height in FACE_HEIGHTS for title in (f"{height} px", "ms"))], look_rows()
        ),
    ]
    report = "\n\n".join(parts) + "\n"
    print(report)
    if options.output:
        options.output.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
