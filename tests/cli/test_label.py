"""`attention-mesh label`: which faces it trusts, and what it says about the others."""

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.cli.label import LabelLimits, _doubt, _weights
from attention_mesh.models.training.label_file import LabelFile


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_label_trusts_a_clear_face_and_doubts_the_rest(photos, tmp_path):
    result = run("label", photos, tmp_path / "labels.npz")
    assert result.exit_code == 0, result.output
    assert "3 photos labeled, 2 of them doubtful" in result.output
    assert "c.png: no face found" in result.output and "b.png: the face is" in result.output
    labels = LabelFile.read(tmp_path / "labels.npz")
    assert labels.names == ["a.png", "b.png", "c.png"]
    assert labels.presence.tolist() == [1, 1, 0]
    assert labels.weights.any((1, 2)).tolist() == [True, False, False]
    # The astronaut's nose tip and eyes, as a person would point at them.
    np.testing.assert_allclose(labels.landmarks[0, 1, :2], (219, 131), atol=6)
    assert labels.landmarks[0, 33, 0] < labels.landmarks[0, 263, 0]


def test_label_reports_an_unreadable_photo_and_keeps_the_rest(photos, tmp_path):
    (tmp_path / "a.png").write_bytes((photos / "a.png").read_bytes())
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    result = run("label", tmp_path, tmp_path / "labels.npz")
    assert result.exit_code == 1 and "broken.jpg" in result.output
    assert LabelFile.read(tmp_path / "labels.npz").names == ["a.png"]


@pytest.mark.parametrize(
    ("width_px", "score", "message"),
    [
        (79.97, 1.0, "the face is 79.9 px wide, expected 80 or more"),
        (12.0, 1.0, "the face is 12 px wide, expected 80 or more"),
        (100.0, 0.8999, "presence 0.89, expected 0.9 or more"),
        (100.0, 0.5, "presence 0.5, expected 0.9 or more"),
    ],
)
def test_a_doubt_never_says_that_the_limit_is_reached(width_px, score, message):
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[0, 0] = width_px
    assert _doubt(landmarks, score, np.zeros(478), LabelLimits(score=0.9, width_px=80)) == message


def test_a_face_on_whose_landmarks_the_crops_disagree_is_doubtful():
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[0, 0] = 100
    spreads = np.full(478, 0.0301)
    assert _doubt(landmarks, 1.0, spreads, LabelLimits()) == (
        "the landmarks of its crops differ by 3.1 % of the eyes' distance, expected 3 % or less"
    )


def test_landmarks_weigh_by_their_spread_and_drop_out_beyond_the_limit():
    weights = _weights(np.array([0.0, 0.005, 0.01, 0.02, 0.03, 0.0301]), LabelLimits())
    np.testing.assert_allclose(weights, [1, 1, 1, 1 / 4, 1 / 9, 0], rtol=1e-6)
