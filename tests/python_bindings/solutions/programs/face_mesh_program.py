"""A MediaPipe program: finds the face mesh in images and in a video of frames.

python face_mesh_program.py INPUT.npz OUTPUT.npz; each entry of the input is an image (H, W, 3) or a video
(T, H, W, 3), uint8 BGR; the output holds landmarks (faces, landmarks, 3), of the last frame for a video,
and the annotated picture as "NAME picture".
"""

import sys

import cv2
import mediapipe as mp
import numpy as np

mp_drawing = mp.solutions.drawing_utils
mp_drawing_styles = mp.solutions.drawing_styles
mp_face_mesh = mp.solutions.face_mesh


def annotate(image, results):
    for face_landmarks in results.multi_face_landmarks or []:
        mp_drawing.draw_landmarks(
            image=image,
            landmark_list=face_landmarks,
            connections=mp_face_mesh.FACEMESH_TESSELATION,
            landmark_drawing_spec=None,
            connection_drawing_spec=mp_drawing_styles.get_default_face_mesh_tesselation_style(),
        )
        mp_drawing.draw_landmarks(
            image=image,
            landmark_list=face_landmarks,
            connections=mp_face_mesh.FACEMESH_CONTOURS,
            landmark_drawing_spec=None,
            connection_drawing_spec=mp_drawing_styles.get_default_face_mesh_contours_style(),
        )
    return image


def as_array(results):
    return np.array(
        [
            [(landmark.x, landmark.y, landmark.z) for landmark in face.landmark]
            for face in results.multi_face_landmarks or []
        ]
    )


given = np.load(sys.argv[1])
found = {}
with mp_face_mesh.FaceMesh(
    static_image_mode=True, max_num_faces=2, refine_landmarks=True, min_detection_confidence=0.5
) as face_mesh:
    for name, image in given.items():
        if image.ndim == 3:
            results = face_mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            found[name] = as_array(results)
            found[f"{name} picture"] = annotate(image, results)

for name, video in given.items():
    if video.ndim == 4:
        face_mesh = mp_face_mesh.FaceMesh(min_detection_confidence=0.5, min_tracking_confidence=0.5)
        for image in video:
            rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            rgb.flags.writeable = False
            results = face_mesh.process(rgb)
        found[name] = as_array(results)
        found[f"{name} picture"] = annotate(image.copy(), results)
        face_mesh.close()

np.savez_compressed(sys.argv[2], **found)
