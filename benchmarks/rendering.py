"""Measures what drawing costs, and draws the same faces with supervision and MediaPipe for comparison.

    python benchmarks/rendering.py [--peer .venv-mediapipe/bin/python] [--picture FILE.jpg] [--output FILE.md]

The face is scikit-image's astronaut at several sizes. Times are processor times of one thread, medians of
runs in which ours and supervision take turns; MediaPipe runs in a process of its own between them.
--picture is a page: a row for each size, and in it contours and meshes by our defaults, supervision's and
MediaPipe's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import supervision

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.machine import machine_description
from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.layers import LAYERS, draw_layers, named_layers
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.face_topology import FaceTopology

SIZES = ((40, (640, 360)), (150, (1280, 720)), (300, (1280, 720)), (600, (1920, 1080)), (1500, (3840, 2160)))
CROWD = (64, 150, (3840, 2160))  # faces, px, picture
RUNS = 9
DRAWINGS = ("contours", "mesh")
TILE_PX = 420
# What MediaPipe's process runs: it draws what a file holds, and prints its times in seconds.
PEER = """
import json, sys, time
import numpy as np
import mediapipe as mp
from mediapipe.framework.formats import landmark_pb2
import cv2
cv2.setNumThreads(1)
mesh, utils, styles = mp.solutions.face_mesh, mp.solutions.drawing_utils, mp.solutions.drawing_styles
DRAWINGS = {
    "contours": [(mesh.FACEMESH_CONTOURS, styles.get_default_face_mesh_contours_style()),
                 (mesh.FACEMESH_IRISES, styles.get_default_face_mesh_iris_connections_style())],
    "mesh": [(mesh.FACEMESH_TESSELATION, styles.get_default_face_mesh_tesselation_style())],
}
file = np.load(sys.argv[1])
image, faces, drawing, runs = file["image"], file["faces"], str(file["drawing"]), int(file["runs"])
marks = []
for face in faces:
    marks.append(landmark_pb2.NormalizedLandmarkList(landmark=[
        landmark_pb2.NormalizedLandmark(x=x, y=y, z=z) for x, y, z in face.tolist()]))
times = []
for _ in range(runs):
    drawn = image.copy()
    start = time.process_time()
    for face in marks:
        for connections, style in DRAWINGS[drawing]:
            utils.draw_landmarks(drawn, face, connections, None, style)
    times.append(time.process_time() - start)
np.save(sys.argv[2], drawn)
print(json.dumps(times))
"""


class Faces:
    """The same face several times in a picture.

    Attributes:
        image: (H, W, 3) uint8 BGR, as supervision and MediaPipe take it.
        drawn: the faces.
    """

    def __init__(self, photo: np.ndarray, face: DrawnFaces, size: int, picture: tuple[int, int], count: int):
        points = face.points_px[0]
        scale = size / np.ptp(points[:468, 1])
        columns = int(np.ceil(np.sqrt(count * picture[0] / picture[1])))
        rows = -(-count // columns)
        cell = np.array([picture[0] / columns, picture[1] / rows])
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        head = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=interpolation)
        middle = (points[:468, :2].min(0) + points[:468, :2].max(0)) / 2 * scale
        self.image = np.full((picture[1], picture[0], 3), 128, np.uint8)
        places = []
        for index in range(count):
            corner = np.array([index % columns, index // columns]) * cell
            start = np.rint(corner + cell / 2 - middle)
            places.append(points * scale + [*start, 0])
            self._paste(head, start.astype(int), corner.astype(int), (corner + cell).astype(int))
        moves = np.array([place[0, :2] - points[0, :2] * scale for place in places])
        rois = np.repeat(face.rois, count, axis=0) * np.array([scale, scale, scale, scale, 1])
        rois[:, :2] += moves
        self.drawn = DrawnFaces(
            np.stack(places),
            rois=rois,
            ids=np.arange(1, count + 1),
            scores=np.full(count, 0.98),
            gaze=np.repeat(face.gaze, count, axis=0),
            timestamp_us=0,
        )

    def _paste(self, head: np.ndarray, start: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        low, high = np.maximum(low, start), np.minimum(high, start + head.shape[1::-1])
        part = head[low[1] - start[1] : high[1] - start[1], low[0] - start[0] : high[0] - start[0]]
        self.image[low[1] : high[1], low[0] : high[0]] = part


def measured_face(photo: np.ndarray) -> DrawnFaces:
    with FaceLandmarker(FaceLandmarkerOptions(output_gaze=True)) as landmarker:
        result = landmarker.detect(photo)
    return DrawnFaces(result.landmarks_px, rois=result.rois, gaze=result.gaze)


def ours(drawing: str) -> Callable[[np.ndarray, DrawnFaces], None]:
    layers = named_layers(["contours", "irises"] if drawing == "contours" else [drawing])
    return partial(draw_all, layers)


def draw_all(layers: list[Layer], image: np.ndarray, faces: DrawnFaces) -> None:
    draw_layers(Canvas(image, bgr=True), faces, layers)


def supervisions(drawing: str) -> Callable[[np.ndarray, DrawnFaces], None]:
    lines = FaceTopology.load().connections
    edges = lines["CONTOURS"] | lines["IRISES"] if drawing == "contours" else lines["TESSELATION"]
    annotator = supervision.EdgeAnnotator(edges=[(a + 1, b + 1) for a, b in sorted(edges)])

    def draw(image: np.ndarray, faces: DrawnFaces) -> None:
        annotator.annotate(image, supervision.KeyPoints(xy=faces.points_px[:, :, :2]))

    return draw


def run_times(faces: Faces, draws: list[Callable], runs: int) -> tuple[list[float], list[np.ndarray]]:
    """Median seconds of each, and the pictures."""
    times: list[list[float]] = [[] for _ in draws]
    pictures = []
    for run in range(runs):
        # Up and down, so that the layer motion has something to draw.
        moved = faces.drawn.points_px + np.float32([0, 0.02 * (run % 2), 0]) * faces.drawn.sizes_px.max()
        given = DrawnFaces(
            moved,
            rois=faces.drawn.rois,
            ids=faces.drawn.ids,
            scores=faces.drawn.scores,
            gaze=faces.drawn.gaze,
            timestamp_us=33_000 * run,
        )
        pictures = []
        for draw, durations in zip(draws, times, strict=True):
            image = faces.image.copy()
            start = time.process_time()
            draw(image, given)
            durations.append(time.process_time() - start)
            pictures.append(image)
    return [float(np.median(durations)) for durations in times], pictures


def mediapipes(peer: Path, faces: Faces, drawing: str, runs: int) -> tuple[float, np.ndarray]:
    """Median seconds, and the picture."""
    with tempfile.TemporaryDirectory() as folder:
        given, drawn = Path(folder) / "given.npz", Path(folder) / "drawn.npy"
        height, width = faces.image.shape[:2]
        normalized = faces.drawn.points_px / np.array([width, height, width])
        np.savez(given, image=faces.image, faces=normalized, drawing=drawing, runs=runs)
        command = [str(peer), "-c", PEER, str(given), str(drawn)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"MediaPipe's process ended:\n{done.stderr}")
        return float(np.median(json.loads(done.stdout.splitlines()[-1]))), np.load(drawn)


def tile(image: np.ndarray, faces: Faces) -> np.ndarray:
    """(TILE_PX, TILE_PX, 3): the first face, enlarged without smoothing if it is small."""
    points = faces.drawn.points_px[0, :468, :2]
    low, high = points.min(0), points.max(0)
    half = 0.62 * (high - low).max()
    middle = (low + high) / 2
    left, top = np.maximum(middle - half, 0).astype(int)
    part = image[top : int(middle[1] + half), left : int(middle[0] + half)]
    smooth = cv2.INTER_AREA if len(part) > TILE_PX else cv2.INTER_NEAREST
    return cv2.resize(part, (TILE_PX, TILE_PX), interpolation=smooth)


def report(peer: Path | None, picture: Path | None) -> str:
    cv2.setNumThreads(1)
    photo = astronaut_photo()
    face = measured_face(photo)
    photo = photo[..., ::-1]
    scenes = [
        (f"{size} px, {width}×{height}", Faces(photo, face, size, (width, height), 1), RUNS)
        for size, (width, height) in SIZES
    ]
    count, size, (width, height) = CROWD
    crowd = Faces(photo, face, size, (width, height), count)
    scenes.append((f"{count} × {size} px, {width}×{height}", crowd, 3))
    rows, layer_rows, tiles = [], [], []
    for label, faces, runs in scenes:
        number = len(faces.drawn)
        for drawing in DRAWINGS:
            (mine, theirs), drawn = run_times(faces, [ours(drawing), supervisions(drawing)], runs)
            cells = [mine, theirs]
            if peer and number == 1:
                seconds, image = mediapipes(peer, faces, drawing, 5)
                cells.append(seconds)
                drawn.append(image)
            ratios = [f"{1000 * cells[0] / number:.2f}"]
            ratios += [f"{1000 * other / number:.2f} ({cells[0] / other:.2f})" for other in cells[1:]]
            rows.append([label, drawing, *ratios, *["–"] * (bool(peer) and number > 1)])
            if number == 1:
                tiles.append((label, drawing, [tile(image, faces) for image in drawn]))
        layers = [named_layers([name]) for name in LAYERS if name != "ids"]
        draws = [partial(draw_all, layer) for layer in layers]
        times, _ = run_times(faces, draws, runs)
        layer_rows.append([label, *(f"{1000 * seconds / number:.2f}" for seconds in times)])
    if picture:
        page = [np.hstack(images) for _, drawing, images in tiles if drawing == "contours"]
        more = [np.hstack(images) for _, drawing, images in tiles if drawing == "mesh"]
        page = [np.hstack(pair) for pair in zip(page, more, strict=True)]
        half = cv2.resize(np.vstack(page), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(picture), half, [cv2.IMWRITE_JPEG_QUALITY, 70])
    names = [name for name in LAYERS if name != "ids"]
    others = ["supervision", *(["MediaPipe"] if peer else [])]
    head = ["face", "drawing", "ms per face", *(f"{name}, ms (ratio)" for name in others)]
    return "\n".join(
        [
            "# What drawing costs",
            "",
            f"Made by `python benchmarks/rendering.py`. {machine_description()}. supervision "
            f"{supervision.__version__}.",
            "",
            "Processor time of one thread, medians; in parentheses the ratio of ours to it. Contours include "
            "the irises.",
            "",
            markdown_table(head, rows),
            "",
            "Each layer with its default style, ms per face:",
            "",
            markdown_table(["face", *names], layer_rows),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", type=Path, help="Python of an environment with mediapipe 0.10.21")
    parser.add_argument("--picture", type=Path, help="picture of the drawings side by side")
    parser.add_argument("--output", type=Path, help="file of the report; it is printed in any case")
    options = parser.parse_args()
    text = report(options.peer, options.picture)
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
