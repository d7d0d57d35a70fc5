"""AttentionMesh.from_open is the network whose TFLite file comes with the package."""

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from attention_mesh.models.attention_mesh import AttentionMesh, refined_landmarks
from attention_mesh.models.weights.model_files import OPEN_MODEL


def test_keras_and_the_packages_file_agree(astronaut):
    matrix = cv2.getRotationMatrix2D((223.0, 118.0), 0, 192 / 210)
    matrix[:, 2] += 96 - np.array([223.0, 118.0])
    crop = cv2.warpAffine(astronaut, matrix, (192, 192))[None]
    outputs = AttentionMesh.from_open()(crop.astype(np.float32) / 255)
    run = Interpreter(str(OPEN_MODEL)).get_signature_runner("serve")(images=crop)
    expected = refined_landmarks({name: np.asarray(value) for name, value in outputs.items()})
    np.testing.assert_allclose(run["landmarks"], expected, atol=0.1)  # px; half-precision weights
    assert run["presence"][0, 0] > 0
