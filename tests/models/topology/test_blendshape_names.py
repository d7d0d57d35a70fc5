"""Blend-shape names: order, counterparts in other programs, mirror images."""

import numpy as np
import pytest

from attention_mesh.models.topology.blendshape_names import (
    BLENDSHAPE_NAMES,
    LIVE_LINK_NAMES,
    MEDIAPIPE_BLENDSHAPE_NAMES,
    PERFECT_SYNC_NAMES,
    VRM_EXPRESSION_NAMES,
    blendshape_index,
    mirrored_blendshapes,
    to_live_link_order,
    to_mediapipe_order,
    vrm_expressions,
)


def test_the_order_is_mediapipes_without_neutral_and_then_the_tongue():
    assert len(set(BLENDSHAPE_NAMES)) == 52
    assert MEDIAPIPE_BLENDSHAPE_NAMES == ("_neutral", *BLENDSHAPE_NAMES[:51])
    assert BLENDSHAPE_NAMES[:51] == tuple(sorted(BLENDSHAPE_NAMES[:51]))  # MediaPipe's order is alphabetical
    assert BLENDSHAPE_NAMES[51] == "tongueOut"


def test_mediapipe_order_starts_with_an_empty_neutral():
    coefficients = np.arange(1, 53, dtype=np.float32)[None] / 52
    moved = to_mediapipe_order(coefficients)
    assert moved.dtype == np.float32 and moved.shape == (1, 52)
    assert moved[0, 0] == 0
    assert moved[0, MEDIAPIPE_BLENDSHAPE_NAMES.index("jawOpen")] == coefficients[0, 24]


def test_every_shape_has_its_own_place_in_a_live_link_packet():
    assert sorted(LIVE_LINK_NAMES[:52]) == sorted(PERFECT_SYNC_NAMES)
    assert LIVE_LINK_NAMES[0] == "EyeBlinkLeft" and LIVE_LINK_NAMES[17] == "JawOpen"
    assert len(LIVE_LINK_NAMES) == 61 and LIVE_LINK_NAMES[51:53] == ("TongueOut", "HeadYaw")
    moved = to_live_link_order(np.arange(52))
    for place, name in enumerate(LIVE_LINK_NAMES[:52]):
        assert PERFECT_SYNC_NAMES[moved[place]] == name


def test_mirroring_twice_changes_nothing_and_swaps_the_sides():
    mirror = mirrored_blendshapes()
    np.testing.assert_array_equal(mirror[mirror], np.arange(52))
    index = blendshape_index()
    assert mirror[index["jawLeft"]] == index["jawRight"]
    assert mirror[index["eyeLookInLeft"]] == index["eyeLookInRight"]
    assert mirror[index["browInnerUp"]] == index["browInnerUp"]
    assert (mirror == np.arange(52)).sum() == 12  # symmetric shapes


def test_vrm_expressions_follow_their_shapes():
    index = blendshape_index()
    coefficients = np.zeros((3, 52), np.float32)
    coefficients[0, index["eyeBlinkLeft"]] = 1
    coefficients[1, [index["eyeLookOutLeft"], index["eyeLookInRight"]]] = 0.8
    coefficients[2, [index["mouthSmileLeft"], index["mouthSmileRight"]]] = 1
    weights = vrm_expressions(coefficients)
    assert weights.shape == (3, len(VRM_EXPRESSION_NAMES))
    raised = [
        {VRM_EXPRESSION_NAMES[place]: round(float(row[place]), 3) for place in np.flatnonzero(row)}
        for row in weights
    ]
    assert raised == [{"blinkLeft": 1.0}, {"lookLeft": 0.8}, {"happy": 1.0}]


@pytest.mark.parametrize("move", [to_mediapipe_order, to_live_link_order, vrm_expressions])
def test_another_number_of_coefficients_is_an_error(move):
    with pytest.raises(ValueError, match=r"\(2, 51\); expected \(…, 52\)"):
        move(np.zeros((2, 51), np.float32))
