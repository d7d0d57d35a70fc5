"""Measures head poses on landmarks of known pose, on rendered faces, and on a photo that MediaPipe measured.

    python benchmarks/head_pose.py [--rig FOLDER] [--portrait FOLDER [--metadata FILE]] [--faces 240]
        [--output FILE.md]

Landmarks are those of the canonical face in random poses. With --rig, a packed ICT-FaceKit, faces of random
people with random expressions are rendered, and the official network finds their landmarks. With --portrait,
a folder of MediaPipe's test data (portrait.jpg and portrait_expected_face_geometry.pbtxt), the pose is
compared with MediaPipe's; with --metadata, its canonical face and weights take part. Angles are those between
two rotations.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from pathlib import Path

import cv2
import numpy as np

from attention_mesh import FaceLandmarker
from attention_mesh.calculators.face.face_geometry_pipeline_calculator import canonical_of
from attention_mesh.cli.machine import machine_description
from attention_mesh.framework.protos import parse_text
from attention_mesh.geometry.head_pose import DEFAULT_CAMERA, euler_angles, metric_faces, rotation_matrices
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.pose_weights import pose_weights
from attention_mesh.models.training.synthetic.camera import Camera
from attention_mesh.models.training.synthetic.expressions import random_expression
from attention_mesh.models.training.synthetic.eye_colors import EyeColors
from attention_mesh.models.training.synthetic.face_rig import FaceRig
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit
from attention_mesh.models.training.synthetic.light import Light
from attention_mesh.models.training.synthetic.painted_skin import paint_skin
from attention_mesh.models.training.synthetic.renderer import render
from attention_mesh.models.training.synthetic.skin_atlas import SkinAtlas

SIZE = (1280, 720)
DISTANCES_CM = (30, 60, 120)
SYNTHETIC = 2000  # faces per row
RENDERED_PX, RENDERED_FOV = 480, 35.0
YAWS = ((0, 15), (15, 30), (30, 45), (45, 60))
REPEATS, CALLS = 9, 300


def basis() -> WeightedProcrustes:
    return WeightedProcrustes(canonical_face().vertices, pose_weights())


def angle_degrees(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """(F,): angles between rotations (F, 3, 3)."""
    gap = np.linalg.norm(found.astype(np.float64) - expected, axis=(1, 2))
    return np.degrees(2 * np.arcsin(np.clip(gap / np.sqrt(8), 0, 1)))


def synthetic(distance: float, noise_px: float, rng: np.random.Generator) -> list[str]:
    """Mean and largest error of poses and distances, of the canonical face at one distance."""
    turns = rotation_matrices(np.radians(rng.uniform(-1, 1, (SYNTHETIC, 3)) * (40, 60, 40))).astype(
        np.float64
    )
    places = np.c_[rng.uniform(-0.3, 0.3, (SYNTHETIC, 2)), -np.ones(SYNTHETIC)] * distance
    points = canonical_face().vertices @ turns.transpose(0, 2, 1) + places[:, None]
    mean = points[:, :, 2:].mean(1, keepdims=True)
    depths = (points[:, :, 2:] - mean) / mean * DEFAULT_CAMERA.focal_length_px(SIZE) / SIZE[0]
    landmarks = np.concatenate([DEFAULT_CAMERA.project(points, SIZE), depths], 2)
    landmarks += rng.normal(0, noise_px, landmarks.shape) / (*SIZE, SIZE[0])
    poses = metric_faces(landmarks, SIZE, basis()).poses
    degrees = angle_degrees(poses[:, :3, :3], turns)
    away = np.linalg.norm(poses[:, :3, 3], axis=1) / np.linalg.norm(places, axis=1) - 1
    shares = 100 * abs(away)
    return [
        f"{distance} cm",
        f"{noise_px:g} px",
        f"{degrees.mean():.2f}° / {degrees.max():.2f}°",
        f"{shares.mean():.2f} % / {shares.max():.2f} %",
    ]


class RenderedFaces:
    """Pictures of a rig's random people in known poses.

    Args:
        rig: the face.
        rng: of everything random.
    """

    def __init__(self, rig: FaceRig, rng: np.random.Generator) -> None:
        self.rig, self.rng = rig, rng
        self._atlas = SkinAtlas(rig)
        # A pose of the canonical face is one of the rig, after the turn between both.
        fit = basis().fit(rig.landmarks(rig.neutral)[None].astype(np.float64))
        self._turn_between = fit.rotations[0]

    def draw(self, yaw_deg: float) -> tuple[np.ndarray, np.ndarray]:
        """A picture (S, S, 3) uint8 RGB, and the rotation (3, 3) of the canonical face in it."""
        rng, rig = self.rng, self.rig
        vertices = rig.vertices(
            rng.normal(0, 0.8, len(rig.identities)), random_expression(rng, rig.expression_names)
        )
        angles = np.radians([rng.uniform(-20, 20), yaw_deg, rng.uniform(-20, 20)])
        turn = rotation_matrices(angles[None])[0].astype(np.float64)
        pivot = rig.landmarks(vertices).mean(0)
        lens = PerspectiveCamera(RENDERED_FOV)
        focal = lens.focal_length_px((RENDERED_PX, RENDERED_PX))
        camera = Camera(turn, pivot, rng.uniform(45, 70), focal, (RENDERED_PX / 2, RENDERED_PX / 2))
        face, coverage = render(
            rig,
            vertices,
            camera,
            paint_skin(self._atlas, rng),
            EyeColors.random(rng),
            Light.random(rng),
            RENDERED_PX,
        )
        gray = np.float32(rng.uniform(60, 200))
        picture = (face + gray * (1 - coverage[:, :, None])).clip(0, 255).astype(np.uint8)
        return picture, turn @ self._turn_between


def spread_text(errors: np.ndarray) -> str:
    """The median, and half of the range of 68 % of the errors, which is a deviation without outliers."""
    low, middle, high = np.percentile(errors, (16, 50, 84))
    return f"{middle:+.1f}° ± {(high - low) / 2:.1f}°"


def rendered_rows(rig: FaceRig, faces: int) -> list[list[str]]:
    """One row for each range of the yaw: how many faces were found, and the errors of their poses."""
    rng = np.random.default_rng(0)
    drawn, size, rows = RenderedFaces(rig, rng), (RENDERED_PX, RENDERED_PX), []
    with FaceLandmarker() as landmarker:
        for low, high in YAWS:
            found, truth = [], []
            for _ in range(faces // len(YAWS)):
                picture, turn = drawn.draw(rng.uniform(low, high) * rng.choice([-1, 1]))
                landmarks = landmarker.detect(picture).landmarks_px[:1]
                if len(landmarks):
                    found.append(NormalizedLandmarks.from_pixels(landmarks, size).points[0])
                    truth.append(turn)
            turns, expected = (
                metric_faces(np.array(found), size, basis(), PerspectiveCamera(RENDERED_FOV)).poses[
                    :, :3, :3
                ],
                np.array(truth),
            )
            degrees = angle_degrees(turns, expected)
            parts = np.degrees(euler_angles(turns) - euler_angles(expected))
            parts[:, 1] *= np.sign(euler_angles(expected)[:, 1])  # positive: turned too far
            rows.append(
                [
                    f"{low}° to {high}°",
                    f"{len(found)} of {faces // len(YAWS)}",
                    f"{np.median(degrees):.1f}° / {np.percentile(degrees, 90):.1f}°",
                    *(spread_text(part) for part in parts.T),
                ]
            )
    return rows


def mediapipes_face(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (468, 3) in cm and weights (468,) of MediaPipe's metadata in text form."""
    from attention_mesh.calculators.proto.geometry_pipeline_metadata_pb2 import GeometryPipelineMetadata

    vertices, weights = canonical_of(parse_text(file.read_text(encoding="utf-8"), GeometryPipelineMetadata()))
    return vertices[:, :3], weights


def portrait_rows(folder: Path, metadata: Path | None) -> list[list[str]]:
    """MediaPipe's pose of its test photo and ours; with its canonical face, also what lies between them."""
    image = cv2.imread(str(folder / "portrait.jpg"))
    with FaceLandmarker() as landmarker:
        landmarks = landmarker.detect(image[..., ::-1].copy()).landmarks_px[:1]
    size = (image.shape[1], image.shape[0])
    points = NormalizedLandmarks.from_pixels(landmarks, size).points
    ours = metric_faces(points, size, basis()).poses
    text = (folder / "portrait_expected_face_geometry.pbtxt").read_text(encoding="utf-8")
    theirs = np.array(re.findall(r"packed_data: (\S+)", text), float).reshape(1, 4, 4).transpose(0, 2, 1)
    poses = {"MediaPipe": theirs}
    if metadata is not None:
        vertices, weights = mediapipes_face(metadata)
        face = canonical_face().vertices[: len(vertices)]
        for name, shape in (
            ("landmarks from here", vertices),
            ("landmarks and canonical face from here", face),
        ):
            fit = WeightedProcrustes(shape, weights)
            poses[name] = metric_faces(points[:, : len(vertices)], size, fit).poses
    poses["all from here"] = ours
    rows = []
    for name, pose in poses.items():
        angles = np.degrees(euler_angles(pose))[0]
        (apart,) = angle_degrees(pose[:, :3, :3], theirs[:, :3, :3])
        numbers = [*(f"{angle:+.1f}°" for angle in angles), f"{-pose[0, 2, 3]:.1f} cm", f"{apart:.1f}°"]
        rows.append([name, *numbers])
    return rows


def microseconds(faces: int) -> str:
    """CPU time of one call for some faces, median of repeats."""
    shape, fit = (faces, *canonical_face().vertices.shape), basis()
    landmarks = (canonical_face().vertices * (0.02, -0.03, -0.02) + (0.5, 0.5, 0)).astype(np.float32)
    landmarks = np.broadcast_to(landmarks, shape).copy()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        for _ in range(CALLS):
            metric_faces(landmarks, SIZE, fit)
        times.append((time.process_time() - start) / CALLS * 1e6)
    return f"{statistics.median(times):.0f} µs"


def report(rig: Path | None, portrait: Path | None, metadata: Path | None, faces: int) -> str:
    rng = np.random.default_rng(0)
    rows = [synthetic(distance, noise, rng) for noise in (0, 1) for distance in DISTANCES_CM]
    head = ["distance", "noise per coordinate", "angle, mean / largest", "distance, mean / largest"]
    parts = [
        "# Head pose",
        f"Made by `python benchmarks/head_pose.py`. {machine_description()}.",
        "## Landmarks of known pose",
        markdown_table(head, rows),
    ]
    if rig is not None:
        head = ["yaw", "found", "angle, median / 90 %", "pitch", "yaw", "roll"]
        parts += ["## Rendered faces", markdown_table(head, rendered_rows(load_ict_facekit(rig), faces))]
    if portrait is not None:
        head = ["pose", "pitch", "yaw", "roll", "distance", "from MediaPipe's"]
        parts += ["## MediaPipe's portrait", markdown_table(head, portrait_rows(portrait, metadata))]
    times = [[str(count), microseconds(count)] for count in (1, 2, 4)]
    parts += ["## Time", markdown_table(["faces", "CPU time of `metric_faces`"], times)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rig", type=Path, help="folder of a packed ICT-FaceKit")
    parser.add_argument(
        "--portrait", type=Path, help="folder of MediaPipe's portrait and its expected geometry"
    )
    parser.add_argument(
        "--metadata", type=Path, help="MediaPipe's geometry_pipeline_metadata_landmarks.pbtxt"
    )
    parser.add_argument("--faces", type=int, default=240, help="rendered faces in all")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    text = report(arguments.rig, arguments.portrait, arguments.metadata, arguments.faces)
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
