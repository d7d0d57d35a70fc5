"""Curves of blend shapes over films, with the frames where they are highest, as one picture.

python benchmarks/blendshape_curves.py OUT.png FILM … [--frames N] [--weights official]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode
from attention_mesh.geometry.smoothing_filters import OneEuroFilter
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork
from attention_mesh.models.inference.neutral_calibration import NeutralCalibration
from attention_mesh.models.topology.blendshape_names import blendshape_index

CALIBRATION_SECONDS = 3.0
THUMBNAIL = 110  # px
# Title → the curves of a diagram: name → shapes whose mean is drawn, those after a minus taken off.
DIAGRAMS = {
    "blink": {"left": ["eyeBlinkLeft"], "right": ["eyeBlinkRight"]},
    "mouth": {"jawOpen": ["jawOpen"], "smile": ["mouthSmileLeft", "mouthSmileRight"]},
    "gaze": {
        "left": ["eyeLookOutLeft", "eyeLookInRight", "-", "eyeLookInLeft", "eyeLookOutRight"],
        "up": ["eyeLookUpLeft", "eyeLookUpRight", "-", "eyeLookDownLeft", "eyeLookDownRight"],
    },
    "brows": {"browInnerUp": ["browInnerUp"], "browDown": ["browDownLeft", "browDownRight"]},
}


@dataclass
class FilmCurves:
    """Coefficients of the first face of a film, and small pictures of it.

    Attributes:
        seconds: of each frame with a face.
        coefficients: (52,) each.
        faces: (THUMBNAIL, THUMBNAIL, 3) uint8 RGB each.
    """

    seconds: list[float] = field(default_factory=list)
    coefficients: list[np.ndarray] = field(default_factory=list)
    faces: list[np.ndarray] = field(default_factory=list)

    @classmethod
    def measure(cls, film: Path, frames: int, weights: str) -> FilmCurves:
        """Follows the faces of a film as the graph does: calibrated by track, and smoothed."""
        curves, network = cls(), BlendshapeNetwork()
        calibration, smoothing = NeutralCalibration(CALIBRATION_SECONDS), OneEuroFilter(1.0, 2.0, 2.0)
        options = FaceLandmarkerOptions(running_mode=RunningMode.VIDEO, num_faces=1, weights=weights)
        with FaceLandmarker(options) as landmarker, VideoFileSource(film) as source:
            for number, frame in enumerate(source):
                if number == frames:
                    break
                result = landmarker.detect_for_video(frame.image, round(frame.timestamp_us / 1000))
                if not len(result):
                    continue
                aligned = network.align(result.landmarks_px)
                raw = network.predict_aligned(aligned)
                neutrals = calibration.update(aligned, raw, result.track_ids, frame.timestamp_us)
                raw = network.predict_aligned(aligned, neutrals)
                smooth = smoothing.apply(raw, result.track_ids, frame.timestamp_us, np.ones(1, np.float32))
                curves.seconds.append(frame.timestamp_us * 1e-6)
                curves.coefficients.append(smooth[0])
                curves.faces.append(_thumbnail(frame.image, result.landmarks_px[0]))
        return curves

    def curve(self, shapes: list[str]) -> np.ndarray:
        """The mean of shapes minus that of those after a minus, over the frames."""
        index, table = blendshape_index(), np.array(self.coefficients)
        split = shapes.index("-") if "-" in shapes else len(shapes)
        plus, minus = ([index[name] for name in part] for part in (shapes[:split], shapes[split + 1 :]))
        return table[:, plus].mean(1) - (table[:, minus].mean(1) if minus else 0)


def _thumbnail(image: np.ndarray, landmarks_px: np.ndarray) -> np.ndarray:
    low, high = landmarks_px[:, :2].min(0), landmarks_px[:, :2].max(0)
    side, middle = 1.15 * (high - low).max(), (low + high) / 2
    scale = THUMBNAIL / side
    matrix = np.array(
        [[scale, 0, THUMBNAIL / 2 - scale * middle[0]], [0, scale, THUMBNAIL / 2 - scale * middle[1]]]
    )
    return cv2.warpAffine(image, matrix, (THUMBNAIL, THUMBNAIL), flags=cv2.INTER_AREA)


def draw(films: dict[str, FilmCurves], file: Path) -> None:
    """Writes the page: a column for each film, above each diagram the frames of its extremes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    size = (5.2 * len(films), 3.2 * len(DIAGRAMS))
    figure, grid = pyplot.subplots(2 * len(DIAGRAMS), len(films), figsize=size, squeeze=False)
    for column, (name, film) in enumerate(films.items()):
        for row, (title, curves) in enumerate(DIAGRAMS.items()):
            faces, plot = grid[2 * row : 2 * row + 2, column]
            shown = []
            for number, (label, shapes) in enumerate(curves.items()):
                values = film.curve(shapes)
                plot.plot(film.seconds, values, label=label, linewidth=1, color=f"C{number}")
                for frame in (int(np.argmax(values)), int(np.argmin(values))):
                    text = f"{label} {values[frame]:.2f}, {film.seconds[frame]:.1f} s"
                    shown.append((film.faces[frame], text))
                    plot.plot(film.seconds[frame], values[frame], "o", markersize=4, color=f"C{number}")
            plot.set_ylim(-1 if title == "gaze" else 0, 1)
            plot.legend(loc="upper right", fontsize=7)
            faces.imshow(np.hstack([face for face, _ in shown]))
            faces.set_title(f"{name}: {title}", fontsize=9)
            faces.axis("off")
            for place, (_, text) in enumerate(shown):
                faces.text(place * THUMBNAIL + 3, THUMBNAIL + 14, text, fontsize=6)
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=80)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--frames", type=int, default=450)
    parser.add_argument("--weights", default="official")
    arguments = parser.parse_args()
    measured = {
        film.stem: FilmCurves.measure(film, arguments.frames, arguments.weights) for film in arguments.films
    }
    draw({name: curves for name, curves in measured.items() if curves.seconds}, arguments.out)
