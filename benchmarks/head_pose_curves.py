"""Plots pitch, yaw and roll of the first face over films, with frames on which the head's axes are drawn.

    python benchmarks/head_pose_curves.py FILMS… [--frames 300] [--folder out/head_pose]

Writes one picture per film: the three angles in degrees over the time, and below them frames at equal
intervals. Red points to the subject's left, green up, blue out of the face.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode
from attention_mesh.geometry.head_pose import DEFAULT_CAMERA, euler_angles, metric_faces
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.pose_weights import pose_weights

SHOWN = 8  # frames below the curves
SHOWN_WIDTH = 320  # px
AXES_CM = 9.0
COLORS = ((230, 60, 60), (60, 180, 75), (70, 110, 255))
ANGLES = ("pitch, up", "yaw, to the subject's left", "roll, to the subject's left shoulder")


def draw_axes(image: np.ndarray, pose: np.ndarray) -> None:
    """Draws x, y and z of a head into an RGB image, in place."""
    height, width = image.shape[:2]
    ends = np.vstack([np.zeros(3), np.eye(3) * AXES_CM]) + canonical_face().vertices[1] * (0, 1, 1)
    in_camera = ends @ pose[:3, :3].T + pose[:3, 3]
    places = DEFAULT_CAMERA.project(in_camera, (width, height)) * (width, height)
    start, *tips = places.round().astype(int).tolist()
    for tip, color in zip(tips, COLORS, strict=True):
        cv2.arrowedLine(
            image,
            start,
            tip,
            color,
            max(1, round(np.linalg.norm(places[1] - places[0]) / 30)),
            cv2.LINE_AA,
            tipLength=0.15,
        )


def around_face(image: np.ndarray, landmarks_px: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """A square of the image around the first face, with its axes; the middle of the image without a face."""
    height, width = image.shape[:2]
    center, side = np.array([width, height]) / 2, min(width, height)
    if len(poses):
        image = image.copy()
        draw_axes(image, poses[0])
        center = landmarks_px[0, :, :2].mean(0)
        side = 2.2 * np.ptp(landmarks_px[0, :, :2], axis=0).max()
    scale = SHOWN_WIDTH / side
    matrix = np.array([[scale, 0, SHOWN_WIDTH / 2], [0, scale, SHOWN_WIDTH / 2]])
    matrix[:, 2] -= scale * center
    return cv2.warpAffine(image, matrix, (SHOWN_WIDTH, SHOWN_WIDTH), flags=cv2.INTER_AREA)


def measure(film: Path, most: int) -> tuple[np.ndarray, np.ndarray, list[tuple[float, np.ndarray]]]:
    """Times (N,) in seconds, angles (N, 3) in degrees, NaN without a face, and some frames with their
    times."""
    basis = WeightedProcrustes(canonical_face().vertices, pose_weights())
    times, angles, shown = [], [], []
    reader = VideoReader(film)
    every = max(1, min(most, reader.length or most) // SHOWN)
    with FaceLandmarker(FaceLandmarkerOptions(running_mode=RunningMode.VIDEO)) as landmarker:
        for number, (image, time_us) in enumerate(reader):
            if number == most:
                break
            result = landmarker.detect_for_video(image, time_us // 1000)
            size = (image.shape[1], image.shape[0])
            landmarks = NormalizedLandmarks.from_pixels(result.landmarks_px[:1], size).points
            poses = metric_faces(landmarks, size, basis).poses
            times.append(time_us / 1e6)
            angles.append(np.degrees(euler_angles(poses[0][None]))[0] if len(poses) else np.full(3, np.nan))
            if number % every == 0:
                shown.append((times[-1], around_face(image, result.landmarks_px, poses)))
    reader.close()
    return np.array(times), np.array(angles).reshape(-1, 3), shown[:SHOWN]


def plot(film: Path, most: int) -> Figure:
    """The curves of one film, and its frames."""
    times, angles, shown = measure(film, most)
    figure = Figure(figsize=(16, 8), layout="constrained")
    grid = figure.add_gridspec(2, SHOWN, height_ratios=(3, 2))
    axes = figure.add_subplot(grid[0, :])
    for curve, name, color in zip(angles.T, ANGLES, COLORS, strict=True):
        axes.plot(times, curve, label=name, color=np.divide(color, 255))
    for number, (time, picture) in enumerate(shown):
        axes.axvline(time, color="0.85", zorder=0)
        small = figure.add_subplot(grid[1, number])
        small.imshow(picture)
        small.set_title(f"{time:.1f} s")
        small.axis("off")
    axes.set(title=film.name, xlabel="seconds", ylabel="degrees")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("films", nargs="+", type=Path)
    parser.add_argument("--frames", type=int, default=300, help="of each film, the first ones")
    parser.add_argument("--folder", type=Path, default=Path("out/head_pose"), help="for the pictures")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for film in arguments.films:
        target = arguments.folder / f"{film.stem}.png"
        plot(film, arguments.frames).savefig(target, dpi=80)
        print(target)


if __name__ == "__main__":
    main()
