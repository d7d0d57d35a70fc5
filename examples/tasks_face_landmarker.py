"""MediaPipe Tasks with another import: python examples/tasks_face_landmarker.py photo.jpg annotated.png"""

import sys

import numpy as np
from cv2 import imwrite

import attention_mesh as mp
from attention_mesh.tasks import python
from attention_mesh.tasks.python import vision
from attention_mesh.tasks.python.vision import drawing_styles, drawing_utils

if len(sys.argv) != 3:
    sys.exit(__doc__)
base_options = python.BaseOptions()  # or model_asset_path="face_landmarker.task"
options = vision.FaceLandmarkerOptions(
    base_options=base_options,
    output_face_blendshapes=True,
    output_facial_transformation_matrixes=True,
    num_faces=2,
)
detector = vision.FaceLandmarker.create_from_options(options)
image = mp.Image.create_from_file(sys.argv[1])
detection_result = detector.detect(image)
annotated_image = np.copy(image.numpy_view()[..., ::-1])
for face_landmarks in detection_result.face_landmarks:
    drawing_utils.draw_landmarks(
        image=annotated_image,
        landmark_list=face_landmarks,
        connections=vision.FaceLandmarksConnections.FACE_LANDMARKS_TESSELATION,
        landmark_drawing_spec=None,
        connection_drawing_spec=drawing_styles.get_default_face_mesh_tesselation_style(),
    )
imwrite(sys.argv[2], annotated_image)
print({shape.category_name: round(shape.score, 2) for shape in detection_result.face_blendshapes[0][:3]})
print(detection_result.facial_transformation_matrixes)
