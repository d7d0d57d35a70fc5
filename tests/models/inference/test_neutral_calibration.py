"""Neutral calibration: calm frames count, people are told apart, absence forgets."""

import numpy as np
import pytest

from attention_mesh.models.inference.neutral_calibration import NeutralCalibration
from attention_mesh.models.topology.blendshape_names import blendshape_index

SECOND = 1_000_000
CALM = np.zeros((1, 52), np.float32)
SMILING = CALM.copy()
SMILING[0, blendshape_index()["mouthSmileLeft"]] = 0.8


def frames(calibration, values, coefficients, start_us=0, ids=(1,)):
    """Neutrals after ten frames per second of faces whose landmarks all have these values."""
    for number, value in enumerate(values):
        aligned = np.full((len(ids), 478, 3), value, np.float32)
        table = np.repeat(coefficients, len(ids), 0)
        neutrals = calibration.update(aligned, table, np.array(ids), start_us + number * SECOND // 10)
    return neutrals


def test_the_median_of_calm_frames_counts_after_the_time():
    calibration = NeutralCalibration(1.0)
    assert np.isnan(frames(calibration, [3.0] * 10, CALM)).all()
    assert (frames(calibration, [9.0, 3.0], CALM, SECOND) == 3.0).all()


def test_frames_with_an_expression_do_not_count():
    calibration = NeutralCalibration(1.0)
    assert np.isnan(frames(calibration, [5.0] * 20, SMILING)).all()
    assert (frames(calibration, [3.0] * 10, CALM, 2 * SECOND) == 3.0).all()


def test_people_are_told_apart_and_forgotten_after_a_long_absence():
    calibration = NeutralCalibration(1.0)
    frames(calibration, [3.0] * 12, CALM, ids=(1,))
    both = calibration.update(
        np.full((2, 478, 3), 7, np.float32), np.repeat(CALM, 2, 0), np.array([2, 1]), 2 * SECOND
    )
    assert np.isnan(both[0]).all() and (both[1] == 3).all()
    assert np.isnan(frames(calibration, [3.0], CALM, 30 * SECOND)).all()


def test_time_that_goes_back_starts_again():
    calibration = NeutralCalibration(1.0)
    assert (frames(calibration, [3.0] * 12, CALM, 5 * SECOND) == 3.0).all()
    assert np.isnan(frames(calibration, [3.0], CALM, 0)).all()


def test_no_time_is_an_error():
    with pytest.raises(ValueError, match="expected a number above 0"):
        NeutralCalibration(0)
