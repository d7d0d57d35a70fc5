"""The official attention mesh network on a crop, without detector and graph."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.weights.model_files import model_path

SIZE = 192  # px, side of its input


class OfficialNetwork:
    """Loads the official weights, which are fetched on first use. Raises WeightsError where they cannot be
    had."""

    def __init__(self) -> None:
        from ai_edge_litert.interpreter import Interpreter

        path = model_path("face_landmark_with_attention", batch=1, fused=True)
        self._interpreter = Interpreter(str(path))
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]

    def landmarks(self, crop: np.ndarray) -> np.ndarray:
        """(192, 192, 3) uint8 RGB → (478, 3) px of the crop, z on x's scale, smaller is nearer."""
        self._interpreter.set_tensor(self._input, crop[None])
        self._interpreter.invoke()
        entries = self._interpreter.get_output_details()
        outputs = [self._interpreter.get_tensor(entry["index"]) for entry in entries]
        return max(outputs, key=np.size).reshape(478, 3).copy()
