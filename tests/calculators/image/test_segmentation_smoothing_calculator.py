"""Masks that flicker less: the previous one counts where the current one is uncertain."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "SegmentationSmoothingCalculator"


def smoothed(mask, previous, ratio=1.0):
    streams = {"MASK": [(0, mask)], "MASK_PREVIOUS": [] if previous is None else [(0, previous)]}
    options = f"combine_with_previous_ratio: {ratio}"
    (result,) = run_calculator(NAME, streams, options=options).values("MASK_SMOOTHED")
    return result


def row(*values):
    return np.array([values], np.float32)


def test_sure_pixels_stay_and_uncertain_ones_become_the_previous():
    result = smoothed(row(0, 1, 0.5), row(1, 0, 0.9))
    np.testing.assert_allclose(result, row(0, 1, 0.9), atol=1e-5)


def test_between_them_the_share_is_near_mediapipes():
    probabilities = np.linspace(0, 1, 101, dtype=np.float32)[None]
    x = (probabilities - 0.5) ** 2
    # The polynomial of MediaPipe's node, by which it approximates the same share.
    series = x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717))))
    share = 1 - np.minimum(1, series)
    result = smoothed(probabilities, np.zeros_like(probabilities))
    np.testing.assert_allclose(result, probabilities * (1 - share), atol=0.005)


def test_the_ratio_scales_the_share():
    np.testing.assert_allclose(smoothed(row(0.5), row(1), 0.5), row(0.75), atol=1e-6)
    np.testing.assert_allclose(smoothed(row(0.5), row(1), 0), row(0.5), atol=1e-6)


def test_the_first_mask_passes():
    mask = row(0.25)
    assert smoothed(mask, None) is mask


@pytest.mark.parametrize("previous", [row(1, 0), row(1).astype(np.float64)])
def test_masks_of_two_kinds_are_refused(previous):
    with pytest.raises(CalculatorError, match="expected float32 of one size"):
        smoothed(row(1), previous)


@pytest.mark.parametrize("ratio", [-0.1, 1.5])
def test_a_wrong_ratio_is_refused(ratio):
    with pytest.raises(ConfigError, match="expected a number from 0 to 1"):
        smoothed(row(1), row(1), ratio)
