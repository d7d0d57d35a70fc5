"""Draws the face mesh into a photo: python examples/photo.py photo.jpg annotated.png"""

import sys

import cv2

import attention_mesh as mp

if len(sys.argv) != 3:
    sys.exit(__doc__)
photo, output = sys.argv[1:]
image = cv2.imread(photo)  # (H, W, 3) uint8, BGR as OpenCV has it
if image is None:
    sys.exit(f"{photo} is not a picture that OpenCV can read")

with mp.FaceLandmarker(mp.FaceLandmarkerOptions(num_faces=8)) as landmarker:
    faces = landmarker.detect(image[..., ::-1])  # the landmarker takes RGB

for landmarks, score in zip(faces.landmarks_px, faces.scores, strict=True):
    x, y, z = landmarks[1]  # landmark 1 is the tip of the nose; pixels, the smaller z the nearer
    print(f"a face with its nose at ({x:.0f}, {y:.0f}), score {score:.2f}")

mp.FaceMeshAnnotator().annotate(image, faces.landmarks_px)  # draws into the image
cv2.imwrite(output, image)
