"""A MediaPipe program: draws given landmarks and a detection with every drawing function.

python draw_program.py INPUT.npz OUTPUT.npz; the input holds `image` (H, W, 3) uint8 BGR, `points`
(478, 3) normalized and `keypoints` (6, 2) normalized, the output one picture per name.
"""

import sys

import mediapipe as mp
import numpy as np
from mediapipe.framework.formats import detection_pb2, landmark_pb2, location_data_pb2

mp_drawing = mp.solutions.drawing_utils
mp_drawing_styles = mp.solutions.drawing_styles
mp_face_mesh = mp.solutions.face_mesh

given = np.load(sys.argv[1])
face = landmark_pb2.NormalizedLandmarkList()
face.landmark.extend([landmark_pb2.NormalizedLandmark(x=x, y=y, z=z) for x, y, z in given["points"].tolist()])
pictures = {}


def picture(name):
    pictures[name] = given["image"].copy()
    return pictures[name]


image = picture("all")
mp_drawing.draw_landmarks(
    image=image,
    landmark_list=face,
    connections=mp_face_mesh.FACEMESH_TESSELATION,
    landmark_drawing_spec=None,
    connection_drawing_spec=mp_drawing_styles.get_default_face_mesh_tesselation_style(),
)
mp_drawing.draw_landmarks(
    image=image,
    landmark_list=face,
    connections=mp_face_mesh.FACEMESH_CONTOURS,
    landmark_drawing_spec=None,
    connection_drawing_spec=mp_drawing_styles.get_default_face_mesh_contours_style(),
)
mp_drawing.draw_landmarks(
    image=image,
    landmark_list=face,
    connections=mp_face_mesh.FACEMESH_IRISES,
    landmark_drawing_spec=None,
    connection_drawing_spec=mp_drawing_styles.get_default_face_mesh_iris_connections_style(),
)

mp_drawing.draw_landmarks(
    picture("second contour style"),
    face,
    mp_face_mesh.FACEMESH_CONTOURS | mp_face_mesh.FACEMESH_NOSE,
    mp_drawing.DrawingSpec(thickness=1, circle_radius=1),
    mp_drawing_styles.get_default_face_mesh_contours_style(1),
)
mp_drawing.draw_landmarks(picture("points"), face)
mp_drawing.draw_landmarks(
    picture("a style for each"),
    face,
    [(0, 13), (13, 14), (14, 17)],
    {i: mp_drawing.DrawingSpec((i % 256, 255 - i % 256, 128), 1 + i % 3, i % 5) for i in range(478)},
    mp_drawing.DrawingSpec(mp_drawing.GREEN_COLOR, 3),
)
mp_drawing.draw_landmarks(picture("lines only"), face, mp_face_mesh.FACEMESH_LIPS, is_drawing_landmarks=False)

hidden = landmark_pb2.NormalizedLandmarkList()
hidden.CopyFrom(face)
for i, landmark in enumerate(hidden.landmark):
    landmark.visibility = i % 2
    landmark.presence = 1.0 if i % 3 else 0.2
mp_drawing.draw_landmarks(picture("hidden ones"), hidden, mp_face_mesh.FACEMESH_TESSELATION)

detection = detection_pb2.Detection()
location = detection.location_data
location.format = location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX
box = location.relative_bounding_box
box.xmin, box.ymin, box.width, box.height = 0.25, 0.125, 0.375, 0.875
for x, y in given["keypoints"].tolist():
    location.relative_keypoints.add(x=x, y=y)
mp_drawing.draw_detection(picture("detection"), detection)
mp_drawing.draw_detection(
    picture("detection in style"),
    detection,
    mp_drawing.DrawingSpec(color=mp_drawing.BLUE_COLOR, thickness=-1, circle_radius=7),
    mp_drawing.DrawingSpec(color=mp_drawing.BLACK_COLOR, thickness=5),
)

rotation = np.array([[0.36, 0.48, -0.8], [-0.8, 0.6, 0.0], [0.48, 0.64, 0.6]])
mp_drawing.draw_axis(picture("axis"), rotation, np.array([0.1, -0.2, -1.0]), (1.2, 1.6), (0.1, 0.05), 0.4)

np.savez_compressed(sys.argv[2], **pictures)
