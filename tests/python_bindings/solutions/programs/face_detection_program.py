"""A MediaPipe program: detects faces in images with both models.

python face_detection_program.py INPUT.npz OUTPUT.npz; each entry of the input is an image (H, W, 3) uint8
BGR; the output holds, as "NAME MODEL", rows of score, box and six keypoints for each detection.
"""

import sys

import cv2
import mediapipe as mp
import numpy as np

mp_face_detection = mp.solutions.face_detection
mp_drawing = mp.solutions.drawing_utils

given = np.load(sys.argv[1])
found = {}
for model in (0, 1):
    with mp_face_detection.FaceDetection(
        model_selection=model, min_detection_confidence=0.5
    ) as face_detection:
        for name, image in given.items():
            results = face_detection.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            rows = []
            annotated_image = image.copy()
            for detection in results.detections or []:
                box = detection.location_data.relative_bounding_box
                row = [detection.score[0], box.xmin, box.ymin, box.width, box.height]
                for key_point in mp_face_detection.FaceKeyPoint:
                    point = mp_face_detection.get_key_point(detection, key_point)
                    row += [point.x, point.y]
                rows.append(row)
                mp_drawing.draw_detection(annotated_image, detection)
            found[f"{name} {model}"] = np.array(rows)
            found[f"{name} {model} picture"] = annotated_image

np.savez_compressed(sys.argv[2], **found)
