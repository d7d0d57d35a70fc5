"""Prints how the faces of a photo are turned, look and move: python examples/expressions.py photo.jpg"""

import sys

import cv2
import numpy as np

import attention_mesh as mp
from attention_mesh.geometry.head_pose import euler_angles

if len(sys.argv) != 2:
    sys.exit(__doc__)
image = cv2.imread(sys.argv[1])
if image is None:
    sys.exit(f"{sys.argv[1]} is not a picture that OpenCV can read")
options = mp.FaceLandmarkerOptions(
    num_faces=5,
    output_face_blendshapes=True,
    output_facial_transformation_matrixes=True,
    output_gaze=True,
)
with mp.FaceLandmarker(options) as landmarker:
    faces = landmarker.detect(np.ascontiguousarray(image[..., ::-1]))
angles = np.degrees(euler_angles(faces.poses))
for face, (pitch, yaw, roll) in enumerate(angles):
    look_x, look_y, _ = faces.gaze[face, 2]  # the mean of both eyes
    print(f"face {face}: {pitch:+.0f}° up, {yaw:+.0f}° to its left, rolled by {roll:+.0f}°,")
    print(f"  {-faces.poses[face, 2, 3]:.0f} cm away, looks {look_x:+.2f} right and {look_y:+.2f} up")
    for shape in np.argsort(-faces.blendshapes[face])[:5]:
        print(f"  {mp.BLENDSHAPE_NAMES[shape]:20} {faces.blendshapes[face, shape]:.2f}")
