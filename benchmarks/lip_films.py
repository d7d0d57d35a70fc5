"""The steadiness of lips in films, against the movement of the picture itself; for makeup.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from lip_masks import overlap

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.drawing.makeup.lab_color import rgb_to_lab
from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.lip_memory import LipMemory, MakeupMemory
from attention_mesh.drawing.makeup.lipstick import visible_lips
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.drawing.makeup.paint import lips_coverage, painted
from attention_mesh.drawing.makeup.scene_light import skin_light
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.python_bindings.landmarker.face_landmarker_options import RunningMode

FRAMES = 150
FRAME_US = 40_000
LOOK = "red_matte"
MARGIN = 0.6  # of the mouth's width, around the part of the picture whose movement is measured


class Frame(NamedTuple):
    """What is compared of one frame; pictures have the frame's size.

    Attributes:
      landmarks: (478, 3) px.
      gray: (H, W) uint8.
      lips: (H, W) float32 coverage by the landmarks alone.
      seen: that of what is painted: frame by frame, and with the memory of a video.
      paint: (H, W, 3) float32 CIELAB that the paint adds: frame by frame, and with the memory.
    """

    landmarks: np.ndarray
    gray: np.ndarray
    lips: np.ndarray
    seen: tuple[np.ndarray, np.ndarray]
    paint: tuple[np.ndarray, np.ndarray]


def frames(path: Path, smooth: bool) -> Iterator[Frame | None]:
    """The first frames of a film; None for one without a face."""
    look = load_look(LOOK)
    covers, paints = MakeupMemory(), MakeupMemory()
    options = FaceLandmarkerOptions(running_mode=RunningMode.VIDEO, smooth_landmarks=smooth, num_threads=1)
    with FaceLandmarker(options) as landmarker:
        for number, (image, _) in enumerate(VideoReader(path)):
            if number == FRAMES:
                break
            result = landmarker.detect_for_video(image, FRAME_US // 1000 * number)
            if not len(result):
                yield None
                continue
            faces, time_us = result.landmarks_px[:1], FRAME_US * number
            yield Frame(
                faces[0],
                cv2.cvtColor(image, cv2.COLOR_RGB2GRAY),
                lips_coverage((image.shape[1], image.shape[0]), faces),
                (seen(image, faces[0], None), seen(image, faces[0], covers.of_faces(faces, time_us)[0])),
                (
                    added(image, painted(image, faces, look)),
                    added(image, painted(image, faces, look, paints.of_faces(faces, time_us))),
                ),
            )


def added(bare: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32: the difference of two pictures in CIELAB."""
    difference = np.zeros(bare.shape, np.float32)
    rows, columns = np.nonzero((after != bare).any(axis=2))
    difference[rows, columns] = (
        rgb_to_lab(after[rows, columns][None]) - rgb_to_lab(bare[rows, columns][None])
    )[0]
    return difference


def seen(image: np.ndarray, face: np.ndarray, memory: LipMemory | None) -> np.ndarray:
    """(H, W) float32: what is painted of the lips."""
    result = np.zeros(image.shape[:2], np.float32)
    mask = lip_mask((image.shape[1], image.shape[0]), face, image, memory.edges if memory else None)
    if mask is not None:
        cover = visible_lips(image, mask, face, skin_light(image, face))
        result[mask.part] = memory.cover(mask, cover) if memory else cover
    return result


def held_still(landmarks: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Landmarks (478, 3) px, moved, turned and scaled so that eye corners and nose lie as they did before."""
    groups = landmark_groups()
    nose = np.unique(FaceTopology.load().lines["NOSE"])
    rigid = np.concatenate([groups["outer_eye_corners"], groups["inner_eye_corners"], nose])
    source, target = landmarks[rigid, :2], before[rigid, :2]
    source_middle, target_middle = source.mean(axis=0), target.mean(axis=0)
    a, b = ((part - middle) @ (1, 1j) for part, middle in ((source, source_middle), (target, target_middle)))
    turn = np.vdot(a, b) / np.vdot(a, a)
    moved = ((landmarks[:, :2] - source_middle) @ (1, 1j)) * turn
    return np.stack([moved.real, moved.imag], axis=1) + target_middle


class Movement:
    """The movement of a mouth's part of the picture between two frames, by dense optical flow."""

    def __init__(self, before: Frame, now: Frame):
        corners = np.concatenate(
            [frame.landmarks[landmark_groups()["mouth_corners"], :2] for frame in (before, now)]
        )
        margin = MARGIN * np.ptp(corners[:, 0])
        size = now.gray.shape[::-1]
        low = np.clip(corners.min(axis=0) - margin, 0, size).astype(int)
        high = np.clip(corners.max(axis=0) + margin, 0, size).astype(int)
        self.part = slice(low[1], high[1]), slice(low[0], high[0])
        flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
            np.ascontiguousarray(now.gray[self.part]), np.ascontiguousarray(before.gray[self.part]), None
        )
        rows, columns = np.indices(flow.shape[:2], np.float32)
        self._places = columns + flow[..., 0], rows + flow[..., 1]

    def moved(self, picture: np.ndarray) -> np.ndarray:
        """The part of a picture of the frame before, where it is now."""
        part = np.ascontiguousarray(picture[self.part])
        return cv2.remap(part, *self._places, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)


def film_tables(films: list[Path]) -> str:
    """Overlaps of consecutive masks, and how much the paint changes."""
    overlaps, change_rows = [], []
    for film in films:
        for smooth in (True, False):
            as_it_is, still, moved, changes = [], [], [], []
            before = None
            for now in frames(film, smooth):
                if now is not None and before is not None:
                    size = now.gray.shape[::-1]
                    movement = Movement(before, now)
                    as_it_is.append(overlap(now.lips, before.lips))
                    held = lips_coverage(size, held_still(now.landmarks, before.landmarks)[None])
                    still.append(overlap(held, before.lips))
                    moved.append(overlap(now.lips[movement.part], movement.moved(before.lips)))
                    changes.append(_changes(before, now, movement))
                before = now
            overlaps.append(
                [film.stem, "yes" if smooth else "no", str(len(still))]
                + [f"{np.mean(values):.3f}" for values in (as_it_is, still, moved)]
                + [f"{np.percentile(moved, 5):.3f}"]
            )
            if smooth:
                means = np.mean(changes, axis=0)
                change_rows.append(
                    [film.stem, *(f"{100 * value:.1f} %" for value in means[:3])]
                    + [f"{value:.1f}" for value in means[3:]]
                )
    return "\n\n".join(
        [
            f"Overlap of the masks of consecutive frames, the first {FRAMES} of each film: as they "
            "are, with the "
            "second face held still by its eye corners and nose, and with the first mask moved as "
            "the picture moves "
            "(dense optical flow), which leaves what the landmarks do by themselves.",
            markdown_table(
                [
                    "film",
                    "smoothed",
                    "pairs",
                    "as it is",
                    "held still",
                    "moved with the picture",
                    "5th percentile",
                ],
                overlaps,
            ),
            "How much the paint changes from frame to frame beyond the picture's movement, with "
            "smoothed landmarks: "
            "the part of the lips whose coverage changes, and the mean difference of what the "
            "paint adds on them, in "
            "units of CIELAB.",
            markdown_table(
                ["film", "landmarks alone", "painted, frame by frame", "painted, with memory"]
                + ["color, frame by frame", "color, with memory"],
                change_rows,
            ),
        ]
    )


def _changes(before: Frame, now: Frame, movement: Movement) -> list[float]:
    area = max(float(now.lips.sum()), 1.0)
    pairs = [(before.lips, now.lips), *zip(before.seen, now.seen, strict=True)]
    changes = [float(np.abs(two[movement.part] - movement.moved(one)).sum()) / area for one, two in pairs]
    lips = now.lips[movement.part] > 0.5
    if not lips.any():
        return [*changes, 0.0, 0.0]
    for one, two in zip(before.paint, now.paint, strict=True):
        difference = np.linalg.norm(two[movement.part] - movement.moved(one), axis=2)
        changes.append(float(difference[lips].mean()))
    return changes
