"""The node paints like the function, and passes frames without a face on."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.errors import LookError
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.tests.drawing.makeup.makeup_faces import SIZE, face_px, picture

NODE = "MakeupCalculator"


@pytest.fixture
def image() -> np.ndarray:
    return picture(face_px())


@pytest.fixture
def landmarks() -> NormalizedLandmarks:
    return NormalizedLandmarks(face_px()[None] / np.float32([*SIZE, SIZE[0]]))


def test_paints_the_look_of_the_option_and_the_side_packet_wins(image, landmarks):
    streams = {"IMAGE": [(5, image)], "LANDMARKS": [(5, landmarks)]}
    before = image.copy()
    for look, side in (("red_matte", {}), ("plum_matte", {"LOOK": "plum_matte"})):
        run = run_calculator(NODE, streams, side, options='look: "red_matte"')
        (packet,) = run.packets("IMAGE")
        assert packet.timestamp == 5
        expected = painted(image, landmarks.in_pixels(SIZE), load_look(look))
        np.testing.assert_array_equal(packet.value, expected)
        assert (packet.value != image).any()
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(("options", "remembers"), [("", True), ("video: false", False)])
def test_frames_of_a_video_are_painted_with_what_is_known_of_the_one_before(
    options, remembers, image, landmarks
):
    covered = image.copy()
    x = int(face_px()[0, 0])
    covered[:, x + 8 : x + 20] = (225, 190, 160)  # a finger
    frames = [(0, covered), (33_333, image)]
    run = run_calculator(
        NODE,
        {"IMAGE": frames, "LANDMARKS": [(0, landmarks), (33_333, landmarks)]},
        {"LOOK": "red_matte"},
        options,
    )
    bare = painted(image, landmarks.in_pixels(SIZE), load_look("red_matte"))
    assert (np.abs(run.values("IMAGE")[1].astype(int) - bare).max() > 20) == remembers


def test_a_frame_without_a_face_passes_unchanged(image):
    none = NormalizedLandmarks(np.zeros((0, 478, 3), np.float32))
    run = run_calculator(NODE, {"IMAGE": [(0, image), (1, image)], "LANDMARKS": [(1, none)]})
    assert [value is image for value in run.values("IMAGE")] == [True, True]


def test_an_unknown_look_is_an_error_that_lists_the_known_ones(image, landmarks):
    with pytest.raises(CalculatorError, match="red_gloss") as raised:
        run_calculator(NODE, {"IMAGE": [(0, image)], "LANDMARKS": [(0, landmarks)]}, {"LOOK": "blue"})
    assert isinstance(raised.value.__cause__, LookError)
