"""The networks of the archive: half the space, the same results, and names for inputs and outputs."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from attention_mesh.cli.aar.packaged_models import packaged_models, packed
from attention_mesh.cli.errors import AarError
from attention_mesh.models.inference.blendshape_network import MODEL as BLENDSHAPES
from attention_mesh.models.weights.model_files import OPEN_MODEL, landmark_model, model_path

MESH = ["landmarks", "presence"]
DETECTOR = ["regressors", "classificators"]
FILES = {
    "official mesh": (lambda: landmark_model(), ["images"], MESH),
    "open mesh": (lambda: OPEN_MODEL, ["images"], MESH),
    "short range": (lambda: model_path("face_detection_short_range"), ["images"], DETECTOR),
    "full range": (lambda: model_path("face_detection_full_range"), ["images"], DETECTOR),
    "blend shapes": (lambda: BLENDSHAPES, ["aligned_landmarks", "calibrated"], ["coefficients"]),
}


def outputs_of(content: bytes) -> tuple[Interpreter, list[np.ndarray]]:
    """The interpreter, and the outputs sorted by their number of values, of random inputs."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        # Drawn by the shape, because the order of the inputs may differ.
        rng = np.random.default_rng(int(np.prod(detail["shape"])))
        value = rng.integers(0, 255, detail["shape"]) / (255 if detail["dtype"] == np.float32 else 1)
        interpreter.set_tensor(detail["index"], value.astype(detail["dtype"]))
    interpreter.invoke()
    outputs = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    return interpreter, sorted(outputs, key=np.size)


@pytest.mark.parametrize("name", FILES)
def test_a_packed_network_has_the_same_results_to_the_bit(name: str) -> None:
    file, inputs, outputs = FILES[name]
    content = file().read_bytes()
    small = packed(content) if name == "blend shapes" else packed(content, inputs, outputs)
    interpreter, found = outputs_of(small)
    for ours, theirs in zip(found, outputs_of(content)[1], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert [detail["name"] for detail in interpreter.get_input_details()] == inputs
    assert [detail["name"] for detail in interpreter.get_output_details()] == outputs
    assert interpreter.get_signature_list() == {"serve": {"inputs": inputs, "outputs": sorted(outputs)}}
    if name not in ("open mesh", "blend shapes"):  # which are stored so already
        assert len(small) < 0.56 * len(content)


def test_names_that_do_not_match_the_network_are_an_error() -> None:
    with pytest.raises(ValueError, match="2 tensors cannot have the names one"):
        packed(model_path("face_detection_short_range").read_bytes(), ["images"], ["one"])


def test_other_weights_are_an_error() -> None:
    with pytest.raises(AarError, match="expected official or open"):
        packaged_models("mine")
