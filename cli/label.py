"""`attention-mesh label`: landmarks for photos, found by the official networks, as data for a training."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

if TYPE_CHECKING:
    import numpy as np

    from attention_mesh.media.frame import Frame
    from attention_mesh.models.training.label_file import LabelFile

_MOST_FACES = 8  # in a photo, of which the largest is labeled

# The median over the landmarks of 270 photos, as a fraction of the distance between the outer eye corners.
# Landmarks that scatter by three times as much are twice as far from human annotation as the others.
_USUAL_SPREAD = 0.01


@user_command
def label(
    photos: Annotated[Path, typer.Argument(metavar="PHOTOS", help="Folder of photos.")],
    output: Annotated[
        Path, typer.Argument(metavar="OUT.npz", help="File for the labels, which `train` reads.")
    ],
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="A face with a lower presence score is doubtful.")
    ] = 0.9,
    min_width: Annotated[
        float, typer.Option(min=0, help="A narrower face is doubtful; pixels of the photo.")
    ] = 80.0,
    debug: Debug = False,
) -> int:
    """Label photos with the official weights, so that a network can learn from them."""
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.media.image_folder_source import ImageFolderSource

    with ImageFolderSource(photos) as source:
        with job_progress("photos", source.length) as update:
            limits = LabelLimits(score=min_score, width_px=min_width)
            labels, doubts = label_photos(source, limits, update)
        failures = source.failures
    for failure in failures:
        report(failure, "warning")
    for name, reason in doubts.items():
        report(f"{name}: {reason}", "doubtful")
    labels.write(output)
    typer.echo(f"{output}: {len(labels.names)} photos labeled, {len(doubts)} of them doubtful (weight 0)")
    return EXIT_FAILED if failures else EXIT_OK


@dataclass(frozen=True)
class LabelLimits:
    """Limits beyond which a label is doubtful.

    Attributes:
      score: lowest presence score, 0 to 1.
      spread: largest spread of a landmark over the crops of its face, as a fraction of the distance between
        the outer eye corners; for the whole face, of the mean of all landmarks.
      width_px: smallest width of the face.
    """

    score: float = 0.9
    spread: float = 0.03
    width_px: float = 80.0


def label_photos(
    photos: Iterable[Frame],
    limits: LabelLimits = LabelLimits(),  # noqa: B008 - frozen
    progress: Callable[[int], object] = lambda done: None,
) -> tuple[LabelFile, dict[str, str]]:
    """Labels the largest face in each photo.

    A face is measured in ten crops, see `FaceLandmarkerOptions.refine_passes`. The more a landmark scatters
    over them, the less it weighs, and beyond the limit it has weight 0: a point under a hand or a tongue
    drops out, and the rest of the face stays. A doubtful face has weight 0 as a whole, so that no training
    learns from it. A photo without a face has presence 0 and NaN for landmarks, and is doubtful too.

    Args:
      photos: frames whose names become the names of the labels.
      limits: what makes a label doubtful.
      progress: called with the number of photos done.

    Returns:
      The labels, and the reason of each doubtful one by the photo's name.
    """
    import numpy as np

    from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
    from attention_mesh.models.topology.landmark_groups import interocular_distance
    from attention_mesh.models.training.label_file import LabelFile
    from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

    names, rows, weights, presences = [], [], [], []
    doubts: dict[str, str] = {}
    with FaceLandmarker(FaceLandmarkerOptions(num_faces=_MOST_FACES, refine_passes="best")) as landmarker:
        for done, photo in enumerate(photos, 1):
            found = landmarker.detect(photo.image)
            landmarks = np.full((NUM_LANDMARKS_WITH_IRISES, 3), np.nan, np.float32)
            weight = np.zeros(NUM_LANDMARKS_WITH_IRISES, np.float32)
            reason = "no face found"
            if len(found):
                assert found.landmark_spreads_px is not None  # "best" gives them
                largest = int(np.argmax(np.ptp(found.landmarks_px[:, :, 0], axis=1)))
                landmarks = found.landmarks_px[largest]
                spreads = found.landmark_spreads_px[largest] / max(
                    interocular_distance(landmarks[:, :2]), 1e-6
                )
                reason = _doubt(landmarks, float(found.scores[largest]), spreads, limits)
                if not reason:
                    weight = _weights(spreads, limits)
            if reason:
                doubts[photo.name] = reason
            names.append(photo.name)
            rows.append(landmarks)
            weights.append(np.repeat(weight[:, None], 2, axis=1))
            presences.append(float(np.isfinite(landmarks).all()))
            progress(done)
    labels = LabelFile(
        names,
        np.array(rows, np.float32).reshape(-1, NUM_LANDMARKS_WITH_IRISES, 3),
        np.array(weights, np.float32).reshape(-1, NUM_LANDMARKS_WITH_IRISES, 2),
        np.array(presences, np.float32),
    )
    return labels, doubts


def _doubt(landmarks: np.ndarray, score: float, spreads: np.ndarray, limits: LabelLimits) -> str:
    """The reason not to trust a face, or an empty text.

    `landmarks`: (478, 3) px. `spreads`: (478,), fractions of the distance between the outer eye corners.
    """
    import numpy as np

    width, spread = float(np.ptp(landmarks[:, 0])), float(spreads.mean())
    if score < limits.score:
        return f"presence {math.floor(100 * score) / 100:g}, expected {limits.score:g} or more"
    if width < limits.width_px:
        return f"the face is {math.floor(10 * width) / 10:g} px wide, expected {limits.width_px:g} or more"
    if spread > limits.spread:
        return (
            f"the landmarks of its crops differ by {math.ceil(1000 * spread) / 10:g} % of the eyes' "
            f"distance, expected {100 * limits.spread:g} % or less"
        )
    return ""


def _weights(spreads: np.ndarray, limits: LabelLimits) -> np.ndarray:
    """(478,) float32 in [0, 1]: the inverse variance of each landmark, 1 up to the usual spread."""
    import numpy as np

    weights = np.minimum(1.0, (_USUAL_SPREAD / np.maximum(spreads, 1e-9)) ** 2)
    return np.where(spreads > limits.spread, 0.0, weights).astype(np.float32)
