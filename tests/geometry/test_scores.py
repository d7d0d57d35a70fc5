"""Scores: the logistic function of logits."""

import numpy as np
import pytest

from attention_mesh.geometry.scores import presence_scores, sigmoid


@pytest.mark.parametrize(
    ("logit", "score"), [(0, 0.5), (np.log(3), 0.75), (-np.log(3), 0.25), (2, 0.8807971)]
)
def test_known_values(logit, score):
    np.testing.assert_allclose(presence_scores(np.float32([logit])), [score], rtol=1e-6)


@pytest.mark.filterwarnings("error")
def test_huge_logits_saturate_without_a_warning():
    scores = presence_scores(np.float32([-1e4, 1e4]))
    np.testing.assert_array_equal(scores, [0, 1])
    assert scores.dtype == np.float32


def test_no_logit_gives_no_score():
    assert presence_scores(np.zeros(0, np.float32)).shape == (0,)


def test_sigmoid_clips_and_does_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        values = sigmoid(np.array([-1000, 0, 1000], np.float32), clip=80)
    np.testing.assert_allclose(values, [0, 0.5, 1], atol=1e-30)
