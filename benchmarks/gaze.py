"""Measures gaze: on rendered faces of known gaze, and on photos of people who were asked to look somewhere.

    python benchmarks/gaze.py [--rig FOLDER] [--count 150] [--portraits FOLDER] [--asked FOLDER]
        [--output FILE.md] [--picture FILE.png]

Rendered faces have a random identity, expression, pose, gaze, skin and light. Their landmarks are taken from
the rig itself, and from the networks on the picture. FOLDER of --rig holds a packed ICT-FaceKit (see
`pack-rig`); without it, the faces are those of the built-in rig. The eyeballs of rigs are larger than those
of people. So for the rig's own landmarks, the model of the eyes is the rig's. For the networks it is that of
people, as in GazeCalculator.

--picture draws the gaze of the astronaut and of some rendered faces, as the official network shows it.

--portraits names a folder of people who look into the camera. --asked names a folder of photos whose file
names say where the person was asked to look: …_gaze_…_camera_…, …_up_…, …_down_…, …_left_… or …_closed_….
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, FaceMeshAnnotator
from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.machine import machine_description
from attention_mesh.geometry.gaze import EyeModel, angles_between, gaze_vectors
from attention_mesh.geometry.head_pose import DEFAULT_CAMERA, metric_faces
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.pose_weights import pose_weights
from attention_mesh.models.training.synthetic.background import random_background
from attention_mesh.models.training.synthetic.camera import Camera
from attention_mesh.models.training.synthetic.expressions import random_expression
from attention_mesh.models.training.synthetic.eye_colors import EyeColors
from attention_mesh.models.training.synthetic.face_rig import FaceRig, rotation
from attention_mesh.models.training.synthetic.ict_facekit import load_rig
from attention_mesh.models.training.synthetic.light import Light
from attention_mesh.models.training.synthetic.painted_skin import paint_skin
from attention_mesh.models.training.synthetic.renderer import render
from attention_mesh.models.training.synthetic.skin_atlas import SkinAtlas

SIZE = 480  # px
GAZE_DEG, MOST_GAZE_DEG = (13, 9), (26, 20)  # standard deviation and limit: to the side, up and down
HEAD_DEG, MOST_HEAD_DEG = (24, 12, 8), (60, 30, 25)
BANDS = ((0, 15), (15, 30), (30, 60))
LOOKS = ("camera", "up", "down", "left", "right", "closed")
WEIGHTS = ("official", "open")
PORTRAIT_FOV_DEG = 20.0  # of a long lens, as portraits are taken
SHOWN, SHOWN_PX = (1, 8, 16), 300  # rendered faces in the picture, and its height
ASTRONAUT = (118, 4, 338, 224)  # left, top, right, bottom of the head in the photo


@dataclass
class Rendered:
    """A rendered face.

    Attributes:
        picture: (480, 480, 3) uint8 RGB.
        landmarks: (478, 3) px, the rig's own.
        gaze: (2, 3) unit vectors of the left and the right eye, in the camera's frame.
        yaw_deg: of the head.
        fov_deg: the camera's vertical angle of view.
    """

    picture: np.ndarray
    landmarks: np.ndarray
    gaze: np.ndarray
    yaw_deg: float
    fov_deg: float


def eye_model(**changes: object) -> EyeModel:
    """The model of people's eyes, with changes."""
    groups = landmark_groups()
    people = EyeModel(
        np.stack([groups["left_eye_corners"], groups["right_eye_corners"]]),
        np.stack([groups["mirrored_left_iris"], groups["right_iris"]]),
    )
    return replace(people, **changes)


def rig_eye_model(rig: FaceRig) -> EyeModel:
    """The model of the rig's eyes at rest."""
    landmarks, model = rig.landmarks(rig.neutral), eye_model()
    left = next(eye for eye in rig.eyes if eye.side == "Left")
    center = left.center - landmarks[model.corners[0]].mean(0)
    radius = np.linalg.norm(landmarks[left.landmarks] - left.center)
    return eye_model(center=tuple(center.tolist()), radius=float(radius))


def looking(rig: FaceRig, yaw: float, pitch: float) -> dict[str, float]:
    """Weights with which both eyes of the rig look in one direction, degrees to the left and up."""
    weights = {}
    for eye in rig.eyes:
        left = yaw - math.degrees(math.atan2(eye.axis[0], eye.axis[2]))
        up = pitch - math.degrees(math.asin(eye.axis[1] / np.linalg.norm(eye.axis)))
        outward = (left > 0) == (eye.side == "Left")
        weights[f"eyeLook{'Out' if outward else 'In'}{eye.side}"] = abs(left) / 30
        weights[f"eyeLook{'Up' if up > 0 else 'Down'}{eye.side}"] = abs(up) / (25 if up > 0 else 30)
    return weights


def rendered_faces(rig: FaceRig, count: int) -> Iterator[Rendered]:
    """Renders faces; face k is the same in every run."""
    atlas = SkinAtlas(rig)
    for number in range(count):
        rng = np.random.default_rng([7, number])
        identity = rng.normal(0, 0.8, len(rig.identities))
        chosen = random_expression(rng, rig.expression_names)
        weights = {name: w for name, w in chosen.items() if not name.startswith(("eyeLook", "eyeBlink"))}
        yaw, pitch = (
            float(np.clip(rng.normal(0, s), -m, m)) for s, m in zip(GAZE_DEG, MOST_GAZE_DEG, strict=True)
        )
        vertices = rig.vertices(identity, {**weights, **looking(rig, yaw, pitch)})
        angles = [
            float(np.clip(rng.normal(0, s), -m, m)) for s, m in zip(HEAD_DEG, MOST_HEAD_DEG, strict=True)
        ]
        camera = framed(rig.landmarks(vertices), rotation(*np.radians(angles)), rng)
        skin, eyes, light = paint_skin(atlas, rng), EyeColors.random(rng), Light.random(rng)
        face, coverage = render(rig, vertices, camera, skin, eyes, light, SIZE)
        picture = face + random_background(rng, SIZE) * (1 - coverage[:, :, None])
        look = camera.rotation @ rotation(math.radians(yaw), math.radians(pitch), 0)[:, 2]
        yield Rendered(
            picture.clip(0, 255).astype(np.uint8),
            camera.landmarks(rig.landmarks(vertices)),
            np.stack([look, look]),
            angles[0],
            math.degrees(2 * math.atan(SIZE / 2 / camera.focal_px)),
        )


def framed(points: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Camera:
    """A camera at a random distance that sees the whole face."""
    distance = rng.uniform(3, 9) * np.ptp(points[:, 1])
    straight = Camera(turn, points.mean(0), distance, 1.0, (0.0, 0.0))
    seen = straight.project(points)[:, :2]
    focal = SIZE * rng.uniform(0.5, 0.7) / np.ptp(seen, axis=0).max()
    center = SIZE / 2 - (seen.min(0) + seen.max(0)) / 2 * focal
    return Camera(turn, straight.pivot, distance, float(focal), tuple(center.tolist()))


def found_gaze(
    landmarks_px: np.ndarray, size: tuple[int, int], model: EyeModel, camera: PerspectiveCamera
) -> tuple[np.ndarray, np.ndarray]:
    """(3, 3) gaze of one face (478, 3) px, and the direction (3,) from the eyes to the camera."""
    basis = WeightedProcrustes(canonical_face().vertices, pose_weights())
    norm = landmarks_px[None] / np.array([size[0], size[1], size[0]], np.float32)
    faces = metric_faces(norm, size, basis, camera)
    place = faces.poses[0, :3, :3] @ faces.points[0, model.corners.ravel()].mean(0) + faces.poses[0, :3, 3]
    return gaze_vectors(faces.points, faces.poses, model)[0], -place / np.linalg.norm(place)


def rendered_table(rig: FaceRig, count: int) -> str:
    """Errors by source of the landmarks and yaw of the head."""
    networks = {name: FaceLandmarker(FaceLandmarkerOptions(weights=name)) for name in WEIGHTS}
    errors: dict[str, list[tuple[float, np.ndarray]]] = {}
    for face in rendered_faces(rig, count):
        truth = np.concatenate([face.gaze, face.gaze[:1]])
        known = PerspectiveCamera(face.fov_deg)
        sources = {
            "the rig's own": (face.landmarks, rig_eye_model(rig), DEFAULT_CAMERA),
            "the rig's own, known camera": (face.landmarks, rig_eye_model(rig), known),
        }
        for name, landmarker in networks.items():
            result = landmarker.detect(face.picture)
            if len(result):
                sources[f"{name} weights"] = (result.landmarks_px[0], eye_model(), DEFAULT_CAMERA)
        for name, (landmarks, model, camera) in sources.items():
            gaze, _ = found_gaze(landmarks, (SIZE, SIZE), model, camera)
            error = np.degrees(angles_between(gaze, truth))
            errors.setdefault(name, []).append((abs(face.yaw_deg), error))
    rows = []
    for name, entries in errors.items():
        for low, high in BANDS:
            chosen = np.array([error for yaw, error in entries if low <= yaw < high])
            one_eye, mean = np.median(chosen[:, :2]), chosen[:, 2]
            rows.append(
                [name, f"{low}° to {high}°", str(len(chosen)), f"{one_eye:.1f}°", f"{np.median(mean):.1f}°"]
                + [f"{np.percentile(mean, 90):.1f}°"]
            )
    head = ["landmarks", "head's yaw", "faces", "one eye, median", "mean of both, median", "90th percentile"]
    return markdown_table(head, rows)


def picture_of_faces(rig: FaceRig) -> np.ndarray:
    """The astronaut and rendered faces in a row, with the mean of both eyes: (300, 1200, 3) uint8 RGB."""
    left, top, right, bottom = ASTRONAUT
    shown = [astronaut_photo()[top:bottom, left:right]]
    faces = list(rendered_faces(rig, max(SHOWN) + 1))
    shown += [faces[number].picture for number in SHOWN]
    drawn = []
    with FaceLandmarker(FaceLandmarkerOptions(output_gaze=True)) as landmarker:
        for image in shown:
            enlarged = cv2.resize(image, (2 * SHOWN_PX, 2 * SHOWN_PX), interpolation=cv2.INTER_CUBIC)
            result = landmarker.detect(enlarged)
            mean = np.repeat(result.gaze[:, 2:], 3, axis=1)
            FaceMeshAnnotator("gaze", color_order="rgb").annotate(enlarged, result.landmarks_px, gaze=mean)
            drawn.append(cv2.resize(enlarged, (SHOWN_PX, SHOWN_PX), interpolation=cv2.INTER_AREA))
    return np.hstack(drawn)


def photo_gaze(
    folder: Path, pattern: str, weights: str, camera: PerspectiveCamera = DEFAULT_CAMERA
) -> Iterator[tuple[str, np.ndarray]]:
    """File names, and yaw and pitch (2,) of the mean gaze in degrees from the direction to the camera."""
    with FaceLandmarker(FaceLandmarkerOptions(weights=weights)) as landmarker:
        for path in sorted(folder.glob(pattern)):
            image = cv2.imread(str(path))
            if image is None:
                continue
            result = landmarker.detect(np.ascontiguousarray(image[..., ::-1]))
            if len(result):
                size = image.shape[1], image.shape[0]
                gaze, to_camera = found_gaze(result.landmarks_px[0], size, eye_model(), camera)
                yield path.name, angles(gaze[2]) - angles(to_camera)


def angles(vector: np.ndarray) -> np.ndarray:
    """Yaw to the right of the picture, and pitch up, in degrees."""
    return np.degrees([math.atan2(vector[0], vector[2]), math.asin(np.clip(vector[1], -1, 1))])


def portraits_table(folder: Path) -> str:
    rows = []
    for weights in WEIGHTS:
        camera = PerspectiveCamera(PORTRAIT_FOV_DEG)
        found = np.array([angle for _, angle in photo_gaze(folder, "*.jpg", weights, camera)])
        (yaw, pitch), (yaw_spread, pitch_spread) = found.mean(0), found.std(0)
        off = np.median(np.hypot(*found.T))
        rows.append(
            [f"{weights} weights", str(len(found)), f"{yaw:+.1f}° ± {yaw_spread:.1f}°"]
            + [f"{pitch:+.1f}° ± {pitch_spread:.1f}°", f"{off:.1f}°"]
        )
    return markdown_table(["landmarks", "photos", "yaw", "pitch", "median angle off the camera"], rows)


def asked_table(folder: Path) -> str:
    rows = []
    for weights in WEIGHTS:
        found: dict[str, list[np.ndarray]] = {}
        for name, angle in photo_gaze(folder, "*gaze*", weights):
            for look in LOOKS:
                if f"_{look}_" in name:
                    found.setdefault(look, []).append(angle)
        for look, every in found.items():
            yaw, pitch = np.array(every).T
            rows.append(
                [look, f"{weights} weights", str(len(every)), f"{np.median(np.abs(yaw)):.0f}°"]
                + [f"{np.median(pitch):+.0f}°", f"{pitch.min():+.0f}° to {pitch.max():+.0f}°"]
            )
    head = [
        "asked to look",
        "landmarks",
        "photos",
        "median yaw, either side",
        "median pitch",
        "range of pitch",
    ]
    return markdown_table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rig", type=Path, help="folder of a packed ICT-FaceKit")
    parser.add_argument("--count", type=int, default=150, help="rendered faces")
    parser.add_argument("--portraits", type=Path, help="photos of people who look into the camera")
    parser.add_argument("--asked", type=Path, help="photos whose names say where to look")
    parser.add_argument("--output", type=Path, help="Markdown file")
    parser.add_argument("--picture", type=Path, help="PNG file")
    options = parser.parse_args()
    rig = load_rig(options.rig)
    if options.picture:
        reduced = Image.fromarray(picture_of_faces(rig)).quantize(256, Image.Quantize.FASTOCTREE)
        reduced.save(options.picture, optimize=True)
    parts = [
        "# Gaze",
        f"Made by `python benchmarks/gaze.py`. {machine_description()}.",
        f"## Rendered faces\n\n{options.count} faces of {rig.name}, {SIZE} px. The angle between the gaze "
        "that was found and the one that was drawn.",
        rendered_table(rig, options.count),
    ]
    if options.portraits:
        parts += [
            "## People who look into the camera\n\nThe mean of both eyes, from the direction to the camera, "
            f"whose angle of view is taken for {PORTRAIT_FOV_DEG:g}°: mean and standard deviation.",
            portraits_table(options.portraits),
        ]
    if options.asked:
        parts += [
            "## Pictures of people who were asked to look somewhere\n\nThe pictures are generated, so where "
            "they really look is not known. Angles are those of the mean of both eyes from the direction to "
            "the camera.",
            asked_table(options.asked),
        ]
    report = "\n\n".join(parts) + "\n"
    print(report)
    if options.output:
        options.output.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
