"""Lip masks against outlines by people: overlaps, what limits them, openings, tongues; for makeup.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.lipstick import visible_lips
from attention_mesh.drawing.makeup.paint import lips_coverage
from attention_mesh.drawing.makeup.scene_light import skin_light
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.landmark_groups import landmark_groups, landmarks_68

OPEN = 0.15  # area of the opening relative to the lips' from which a mouth is open
WIDE = 0.1  # area of the opening relative to the squared width of the mouth from which it is wide open
THIN = 0.04  # mean thickness of an opening relative to the width below which errors of outlines decide
SHUT = (
    0.01  # mean distance of the landmarks' inner contours relative to the width below which a mouth is shut
)
RIGHT = 6.0  # percent of the interocular distance by which the rest of a right face is off at most

WIDTHS = (0, 60, 80, 100, np.inf)  # px, of mouths
YAWS = (0, 15, 30, 90)  # degrees
OUTSIDE_68 = range(17, 48)  # brows, nose and eyes
OUTER_68, INNER_68 = list(range(48, 60)), list(range(60, 68))


class Outline(NamedTuple):
    """What people drew: px, origin at the image's top-left corner.

    Attributes:
      outer, inner: (P, 2) float contours of the lips.
      points_68: (68, 2) float of the whole face; None if only contours are known.
    """

    outer: np.ndarray
    inner: np.ndarray
    points_68: np.ndarray | None


class Measured(NamedTuple):
    """What is measured of one face; shares and overlaps from 0 to 1, `off` in percent, `yaw` in degrees."""

    overlap: float
    painted_overlap: float
    contour: float
    width: float
    off: float
    yaw: float
    lips: float
    opening: float
    in_opening: float
    in_core: float
    gap: float


def read(path: Path) -> np.ndarray | None:
    image = cv2.imread(str(path))
    return None if image is None else np.ascontiguousarray(image[..., ::-1])


def outlines_68(file: Path) -> dict[str, Outline]:
    """By photo; MATLAB's pixel coordinates, whose first pixel has its center at 1."""
    data = np.load(file)
    points = data["pts"] - 0.5
    return {
        str(name): Outline(face[OUTER_68], face[INNER_68], face)
        for name, face in zip(data["names"], points, strict=True)
    }


def outlines_189(file: Path) -> dict[str, Outline]:
    """By portrait, of those that have the template."""
    data = np.load(file)
    outer = [*range(87, 94), *range(108, 103, -1)]
    inner = [87, *range(94, 99), 93, *range(103, 98, -1)]
    return {
        str(name): Outline(face[outer], face[inner], None)
        for name, face in zip(data["names"], data["pts"], strict=True)
        if np.isfinite(face[outer + inner]).all()
    }


def annotated(
    folder: Path, outlines: dict[str, Outline], **options: bool
) -> Iterator[tuple[np.ndarray, np.ndarray, Outline]]:
    """Images, landmarks (N, 3) px and outlines of the faces whose mouth is nearest to the outlined one."""
    options_ = FaceLandmarkerOptions(num_threads=1, refine_passes=2, **options)
    with FaceLandmarker(options_) as landmarker:
        for name, outline in outlines.items():
            image = read(folder / name)
            faces = landmarker.detect(image).landmarks_px if image is not None else []
            if len(faces) == 0:
                continue
            mouths = faces[:, landmark_groups()["mouth_corners"], :2].mean(axis=1)
            distances = np.linalg.norm(mouths - outline.outer.mean(axis=0), axis=1)
            if distances.min() < np.ptp(outline.outer[:, 0]):  # else only other faces were found
                yield image, faces[int(distances.argmin())], outline


def filled(size: tuple[int, int], ring: np.ndarray) -> np.ndarray:
    """(H, W) float: the part of each pixel in a polygon (P, 2) px, origin at the image's corner."""
    scale = 4
    canvas = np.zeros((size[1] * scale, size[0] * scale), np.uint8)
    cv2.fillPoly(canvas, [np.rint((ring * scale - 0.5) * 16).astype(np.int32)], 255, shift=4)
    return cv2.resize(canvas, size, interpolation=cv2.INTER_AREA) / 255


def lips_of(size: tuple[int, int], outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    return filled(size, outer) * (1 - filled(size, inner))


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two coverages."""
    return float(np.minimum(one, other).sum() / max(np.maximum(one, other).sum(), 1e-6))


def measured(image: np.ndarray, landmarks: np.ndarray, outline: Outline) -> Measured:
    size = image.shape[1], image.shape[0]
    opening = filled(size, outline.inner)
    lips = filled(size, outline.outer) * (1 - opening)
    core = cv2.erode(opening, np.ones((3, 3)))
    coverage, paint = lips_coverage(size, landmarks[None]), np.zeros(size[::-1])
    mask = lip_mask(size, landmarks, image)
    contour = gap = np.nan
    width = float(np.linalg.norm(outline.outer[0] - outline.outer[len(outline.outer) // 2]))
    if mask is not None:
        paint[mask.part] = visible_lips(image, mask, landmarks, skin_light(image, landmarks))
        found = mask.contours_px
        errors = np.concatenate(
            [
                distances(outline.outer, np.concatenate(found[:2])),
                distances(outline.inner, np.concatenate(found[2:])),
            ]
        )
        contour = 100 * float(errors.mean()) / width
        gap = float(np.linalg.norm(found[2] - found[3], axis=1).mean()) / mask.width_px
    sides = landmarks[landmark_groups()["face_sides"]]
    yaw = np.degrees(np.arcsin(abs(sides[0, 2] - sides[1, 2]) / np.linalg.norm(sides[0] - sides[1])))
    return Measured(
        overlap(coverage, lips),
        overlap(paint, lips),
        contour,
        width,
        off(landmarks, outline),
        float(yaw),
        float(lips.sum()),
        float(opening.sum()),
        float((paint * opening).sum() / max(opening.sum(), 1e-6)),
        float((paint * core).sum() / max(core.sum(), 1e-6)),
        gap,
    )


def distances(points: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """(P,) px: of points (P, 2) from the nearest of the dense points of a curve."""
    return np.linalg.norm(points[:, None] - curve[None], axis=2).min(axis=1)


def off(landmarks: np.ndarray, outline: Outline) -> float:
    """How far brows, nose and eyes are from the annotation, in percent of the interocular distance."""
    truth = outline.points_68
    if truth is None:
        return np.nan
    places = landmarks[landmarks_68()[list(OUTSIDE_68)], :2]
    errors = np.linalg.norm(places - truth[list(OUTSIDE_68)], axis=1)
    return 100 * float(errors.mean() / np.linalg.norm(truth[36] - truth[45]))


def limits(faces: list[tuple[np.ndarray, np.ndarray, Outline]]) -> list[list[str]]:
    """Overlaps with the outline that say what a better mask could reach."""
    rng = np.random.default_rng(0)
    found: dict[str, list[float]] = {}
    mouth = landmarks_68()[OUTER_68 + INNER_68]
    for image, landmarks, outline in faces:
        size = image.shape[1], image.shape[0]
        truth = np.concatenate([outline.outer, outline.inner])
        human = lips_of(size, outline.outer, outline.inner)
        places = landmarks[mouth, :2].astype(float)
        design = np.column_stack([places, np.ones(len(places))])
        shapes = {
            "the outline, each point moved by 1 px (standard deviation)": truth
            + rng.normal(0, 1, truth.shape),
            "the outline, each point moved by 2 px": truth + rng.normal(0, 2, truth.shape),
            "the outline, all of it 1 px lower": truth + (0, 1),
            "straight lines through the same 20 landmarks": places,
            "these, after the best shift": places + (truth - places).mean(axis=0),
            "these, after the best affine map": design @ np.linalg.lstsq(design, truth, rcond=None)[0],
        }
        for name, points in shapes.items():
            lips = lips_of(size, points[: len(OUTER_68)], points[len(OUTER_68) :])
            found.setdefault(name, []).append(overlap(lips, human))
    return [[name, f"{np.mean(values):.3f}", f"{np.median(values):.3f}"] for name, values in found.items()]


def offsets(faces: list[tuple[np.ndarray, np.ndarray, Outline]]) -> list[str]:
    """Medians of how much lower people draw the middle of four contours, in percent of the mouth's width."""
    rows = []
    for _, landmarks, outline in faces:
        size = 4 * np.ceil(np.abs(landmarks[:, :2]).max(axis=0)).astype(int)
        mask = lip_mask((int(size[0]), int(size[1])), landmarks)
        if mask is None:
            continue
        corners = landmarks[landmark_groups()["mouth_corners"], :2]
        along = (corners[1] - corners[0]) / mask.width_px
        down = np.array([-along[1], along[0]])
        middle = mask.contours_px[:, mask.contours_px.shape[1] // 2]
        row = []
        for ring, places in ((outline.outer, middle[:2]), (outline.inner, middle[2:])):
            half = len(ring) // 2
            for part, place in zip(
                (ring[: half + 1], np.roll(ring[::-1], 1, axis=0)[: half + 1]), places, strict=True
            ):
                x, y = (part - place) @ along, (part - place) @ down
                order = np.argsort(x)
                row.append(100 * float(np.interp(0, x[order], y[order])) / mask.width_px)
        rows.append(row)
    return [f"{value:+.1f} %" for value in np.median(rows, axis=0)]


def tongue_table(folder: Path) -> str:
    """Shares of hand-marked tongues that are painted."""
    marked = json.loads(Path(__file__).with_name("tongues.json").read_text(encoding="utf-8"))["tongues"]
    covered, painted = [], []
    with FaceLandmarker(FaceLandmarkerOptions(num_threads=1, refine_passes=2)) as landmarker:
        for name, ring in marked.items():
            image = read(folder / name)
            faces = landmarker.detect(image).landmarks_px if image is not None else []
            if len(faces) == 0:
                continue
            size = image.shape[1], image.shape[0]
            tongue = filled(size, np.array(ring, float) + 0.5)
            paint = np.zeros(size[::-1])
            mask = lip_mask(size, faces[0], image)
            if mask is not None:
                paint[mask.part] = visible_lips(image, mask, faces[0], skin_light(image, faces[0]))
            covered.append((lips_coverage(size, faces[:1]) * tongue).sum() / tongue.sum())
            painted.append((paint * tongue).sum() / tongue.sum())
    rows = [
        [str(len(painted)), f"{100 * np.mean(covered):.1f} %", f"{100 * np.mean(painted):.1f} %"]
        + [f"{100 * np.median(painted):.1f} %", str(sum(share < 0.01 for share in painted))]
    ]
    return markdown_table(["tongues", "covered, mean", "painted, mean", "painted, median", "below 1 %"], rows)


def mask_tables(photos: list[Path] | None, portraits: list[Path] | None) -> str:
    """The tables of masks and openings."""
    sets = []
    if photos:
        sets.append(("photos, 68 points", photos[0], outlines_68(photos[1])))
    if portraits:
        sets.append(("portraits, 189 points", portraits[0], outlines_189(portraits[1])))
    rows, parts, lower = [], [], []
    for name, folder, outlines in sets:
        for kind, attention in (("attention mesh", True), ("plain mesh", False)):
            faces = list(annotated(folder, outlines, with_attention=attention))
            found = [measured(*face) for face in faces]
            rows.append([name, kind, *_mask_row(found)])
            if attention:
                lower.append([name, *offsets(faces)])
                if outlines and next(iter(outlines.values())).points_68 is not None:
                    parts += _photo_tables(found, faces)
    table = markdown_table(
        [
            "photos",
            "landmarks",
            "faces",
            "mouth's width",
            "mean overlap",
            "median",
            "painted",
            "contour error",
        ],
        rows,
    )
    return "\n\n".join(
        [
            "Overlap (intersection over union, by coverage) of the lips' mask and the lips that "
            "people outlined, "
            "from two passes; of what is painted in the picture and these lips; and the mean "
            "distance of their "
            "points from the mask's contours, relative to the mouth's width.",
            table,
            "By how much lower than the landmarks people draw the middle of a contour, relative to "
            "the mouth's "
            "width: medians.",
            markdown_table(["photos", "upper outer", "lower outer", "upper inner", "lower inner"], lower),
            *parts,
        ]
    )


def _mask_row(found: list[Measured]) -> list[str]:
    overlaps = [face.overlap for face in found]
    return [
        str(len(found)),
        f"{np.median([face.width for face in found]):.0f} px",
        f"{np.mean(overlaps):.3f}",
        f"{np.median(overlaps):.3f}",
        f"{np.mean([face.painted_overlap for face in found]):.3f}",
        f"{np.nanmean([face.contour for face in found]):.1f} %",
    ]


def _photo_tables(found: list[Measured], faces: list[tuple[np.ndarray, np.ndarray, Outline]]) -> list[str]:
    rows = []
    for label, values, bounds in (
        ("mouth's width {} to {} px", [face.width for face in found], WIDTHS),
        ("head turned {} to {} degrees", [face.yaw for face in found], YAWS),
        ("brows, nose and eyes off {} to {} %", [face.off for face in found], (0, 4, RIGHT, np.inf)),
    ):
        for low, high in zip(bounds[:-1], bounds[1:], strict=True):
            part = [face.overlap for face, value in zip(found, values, strict=True) if low <= value < high]
            text = (
                label.format(f"{low:g}", f"{high:g}")
                if high < np.inf
                else label.split("{")[0] + f"from {low:g}"
            )
            rows.append([text, str(len(part)), f"{np.mean(part):.3f}"])
    opened = [face for face in found if face.opening > OPEN * face.lips]
    right = [face for face in opened if face.off < RIGHT]
    wide = [face for face in right if face.opening > WIDE * face.width**2]
    thick = [face for face in opened if face.opening > THIN * face.width**2]
    opening_rows = []
    for name, part in (
        ("open", opened),
        ("open, face right", right),
        ("open, not thin", thick),
        ("open, not thin, face right", [face for face in thick if face.off < RIGHT]),
        ("wide open, face right", wide),
    ):
        whole, core = np.array([(face.in_opening, face.in_core) for face in part]).T
        opening_rows.append(
            [name, str(len(part))]
            + [f"{100 * value:.1f} %" for value in (whole.mean(), np.median(whole), core.mean())]
            + [str(np.count_nonzero(whole < 0.01)), str(np.count_nonzero(whole > 0.2))]
        )
    shut = [face.opening / face.width**2 for face in found if face.gap < SHUT]
    return [
        "The photos by size, turn, and how well the rest of the face fits; attention mesh.",
        markdown_table(["photos", "faces", "mean overlap"], rows),
        "What limits it: overlaps with the outline of the photos.",
        markdown_table(["lips", "mean", "median"], limits(faces)),
        "The part of the outlined opening that is painted. A mouth is open if its opening is more "
        f"than {100 * OPEN:.0f} % "
        f"of the lips, wide open if it is more than {100 * WIDE:.0f} % of the squared width. It is thin "
        f"below a mean thickness of {100 * THIN:.0f} % of the width. A face is right if brows, nose and eyes "
        f"are off by less than {RIGHT:.0f} % of the interocular distance. The inside leaves out one pixel "
        "at the outline.",
        markdown_table(
            ["mouths", "faces", "mean", "median", "inside, mean", "below 1 %", "above 20 %"], opening_rows
        ),
        f"How thick people outline the opening of the {len(shut)} mouths whose landmarks leave less than "
        f"{100 * SHUT:.0f} %, relative to the width: "
        f"median {100 * np.median(shut):.1f} %, 95th percentile {100 * np.percentile(shut, 95):.1f} %.",
    ]
