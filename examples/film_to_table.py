"""Writes the landmarks of a film as a table: python examples/film_to_table.py film.mp4 landmarks.csv

`attention-mesh run --input film.mp4 --output landmarks.csv` writes a wider table without any code.
This program shows how to choose the columns yourself: here, how far the mouth and the eyes are open.
"""

import csv
import sys

import cv2
import numpy as np

import attention_mesh as mp

# Pairs of landmarks: one on the upper lip or lid, the other one opposite on the lower.
OPENINGS = {"mouth": (13, 14), "right_eye": (159, 145), "left_eye": (386, 374)}

if len(sys.argv) != 3:
    sys.exit(__doc__)
film, table = sys.argv[1:]
video = cv2.VideoCapture(film)
if not video.isOpened():
    sys.exit(f"{film} is not a film that OpenCV can read")
options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO)

with open(table, "w", newline="") as file, mp.FaceLandmarker(options) as landmarker:
    rows = csv.writer(file)
    rows.writerow(["time_ms", *(f"{name}_px" for name in OPENINGS)])
    while (frame := video.read()[1]) is not None:
        time_ms = round(video.get(cv2.CAP_PROP_POS_MSEC))
        faces = landmarker.detect_for_video(frame[..., ::-1], time_ms)
        for points in faces.landmarks_px:  # no row for a frame without a face
            gaps = [np.linalg.norm(points[upper] - points[lower]) for upper, lower in OPENINGS.values()]
            rows.writerow([time_ms, *(f"{gap:.2f}" for gap in gaps)])
