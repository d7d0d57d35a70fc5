"""FaceLandmarkModelCalculator: which network a graph runs."""

from pathlib import Path

import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.models.weights import model_path


@pytest.mark.parametrize(
    ("side", "name"),
    [
        ({}, "face_landmark_with_attention"),
        ({"WITH_ATTENTION": True}, "face_landmark_with_attention"),
        ({"WITH_ATTENTION": False}, "face_landmark"),
    ],
)
def test_the_side_packet_chooses_the_network(side, name):
    run = run_calculator("FaceLandmarkModelCalculator", {}, side)
    assert Path(run.side_outputs["MODEL"]) == model_path(name, fused=True)
    assert model_path(name, fused=True).is_file()
