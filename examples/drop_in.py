"""A mediapipe program with one line changed: python examples/drop_in.py photo.jpg annotated.png"""

import sys

import cv2

import attention_mesh as mp  # was: import mediapipe as mp

if len(sys.argv) != 3:
    sys.exit(__doc__)
photo, output = sys.argv[1:]
image = cv2.imread(photo)
if image is None:
    sys.exit(f"{photo} is not a picture that OpenCV can read")

with mp.solutions.face_mesh.FaceMesh(
    static_image_mode=True, max_num_faces=4, refine_landmarks=True, min_detection_confidence=0.5
) as face_mesh:
    results = face_mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))

for face_landmarks in results.multi_face_landmarks or []:  # None if there is no face
    mp.solutions.drawing_utils.draw_landmarks(
        image=image,
        landmark_list=face_landmarks,
        connections=mp.solutions.face_mesh.FACEMESH_CONTOURS,
        landmark_drawing_spec=None,
        connection_drawing_spec=mp.solutions.drawing_styles.get_default_face_mesh_contours_style(),
    )
    nose = face_landmarks.landmark[1]  # x and y in parts of the image's width and height
    print(f"nose at ({nose.x:.3f}, {nose.y:.3f})")
cv2.imwrite(output, image)
