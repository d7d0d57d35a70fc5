"""The loop over a folder of films that users of mediapipe write, with a pool of processes of its own.

    python peer_dataset.py FOLDER OUTPUT JOBS

Writes the landmarks of each film as a NumPy file; benchmarks/datasets.py measures it. This file runs in
mediapipe's environment and imports nothing of ours.
"""

from __future__ import annotations

import multiprocessing
import sys
from functools import partial
from pathlib import Path

import cv2
import mediapipe
import numpy as np


def measure(film: Path, output: Path) -> None:
    capture = cv2.VideoCapture(str(film))
    rows = []
    with mediapipe.solutions.face_mesh.FaceMesh(refine_landmarks=True) as mesh:
        while True:
            found, frame = capture.read()
            if not found:
                break
            height, width = frame.shape[:2]
            for face in mesh.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).multi_face_landmarks or []:
                rows.append([(point.x * width, point.y * height, point.z * width) for point in face.landmark])
    np.save(output / f"{film.stem}.npy", np.array(rows, np.float32))


if __name__ == "__main__":
    folder, target, jobs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    target.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        pool.map(partial(measure, output=target), sorted(folder.glob("*.mp4")), chunksize=1)
