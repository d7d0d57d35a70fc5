"""A plain program on mediapipe and OpenCV, as its users write it; benchmarks/end_to_end.py measures it.

    python peer_program.py table|film|photos INPUT OUTPUT

`table` writes the landmarks of a film as CSV, `film` the film with the mesh drawn, `photos` the landmarks of
a folder's photos. This file runs in mediapipe's environment and imports nothing of ours.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import mediapipe
import numpy as np

face_mesh = mediapipe.solutions.face_mesh
drawing = mediapipe.solutions.drawing_utils
styles = mediapipe.solutions.drawing_styles


def frames_of(film: str) -> Iterator[np.ndarray]:
    """Yields (H, W, 3) uint8 BGR."""
    capture = cv2.VideoCapture(film)
    while True:
        found, frame = capture.read()
        if not found:
            return
        yield frame


def photos_of(folder: str) -> Iterator[np.ndarray]:
    """Yields (H, W, 3) uint8 BGR."""
    for path in sorted(Path(folder).iterdir()):
        yield cv2.imread(str(path))


def faces_of(mesh: Any, image: np.ndarray) -> Any:
    return mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).multi_face_landmarks or []


def write_table(images: Iterator[np.ndarray], is_photos: bool, output: str) -> None:
    with (
        open(output, "w", newline="") as file,
        face_mesh.FaceMesh(static_image_mode=is_photos, refine_landmarks=True) as mesh,
    ):
        table = csv.writer(file)
        table.writerow(["frame", *(f"{axis}{i}" for i in range(478) for axis in "xyz")])
        for index, image in enumerate(images):
            height, width = image.shape[:2]
            for face in faces_of(mesh, image):
                row = [index]
                for point in face.landmark:
                    row += [f"{point.x * width:.3f}", f"{point.y * height:.3f}", f"{point.z * width:.3f}"]
                table.writerow(row)


def write_film(film: str, output: str) -> None:
    fps = cv2.VideoCapture(film).get(cv2.CAP_PROP_FPS)
    writer = None
    with face_mesh.FaceMesh(refine_landmarks=True) as mesh:
        for image in frames_of(film):
            if writer is None:
                size = (image.shape[1], image.shape[0])
                writer = cv2.VideoWriter(output, cv2.VideoWriter.fourcc(*"mp4v"), fps, size)
            for face in faces_of(mesh, image):
                for connections, style in (
                    (face_mesh.FACEMESH_TESSELATION, styles.get_default_face_mesh_tesselation_style()),
                    (face_mesh.FACEMESH_CONTOURS, styles.get_default_face_mesh_contours_style()),
                    (face_mesh.FACEMESH_IRISES, styles.get_default_face_mesh_iris_connections_style()),
                ):
                    drawing.draw_landmarks(
                        image, face, connections, landmark_drawing_spec=None, connection_drawing_spec=style
                    )
            writer.write(image)
    if writer is not None:
        writer.release()


def main(task: str, source: str, output: str) -> None:
    if task == "film":
        write_film(source, output)
    elif task == "photos":
        write_table(photos_of(source), True, output)
    else:
        write_table(frames_of(source), False, output)


if __name__ == "__main__":
    main(*sys.argv[1:])
