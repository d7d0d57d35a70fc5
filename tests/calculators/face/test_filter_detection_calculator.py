"""Detections of some classes and scores."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "FilterDetectionCalculator"
LABELS = ("cup", "cap", "mug", "cups", "")
SCORES = [0.5, 0.4, 0.9, 0.25, 0.7]
FOUND = Detections(np.zeros((5, 4)), np.zeros((5, 0, 2)), SCORES, label_ids=np.arange(5), labels=LABELS)
EVERYTHING = "empty_allowed_labels_means_allow_everything: true"


def passed(options: str, side: dict | None = None) -> list[list[str]]:
    """The labels of each packet that leaves."""
    run = run_calculator(NAME, {"DETECTIONS": [(0, FOUND)]}, side, options=options, outputs=["DETECTIONS"])
    assert all(found.label_ids is None for found in run.values("DETECTIONS"))
    return [list(found.labels) for found in run.values("DETECTIONS")]


@pytest.mark.parametrize(
    "options, csv, official",
    [
        ("", None, [0, 1, 2, 3]),
        ("min_score: 0.4", None, [0, 1, 2]),
        ("max_score: 0.5", "cup, mug", [0]),
        ("", "c.p", [0, 1]),
        (EVERYTHING, "", [0, 1, 2, 3]),
    ],
)
def test_the_official_detections_pass(options, csv, official):
    """`official`: which of them mediapipe 0.10.21 passes, given one by one."""
    side = {} if csv is None else {"LABELS_CSV": csv}
    assert passed(options, side) == [[LABELS[index] for index in official]]


def test_labels_may_come_as_a_list_or_a_map():
    assert passed("", {"LABELS": ["mug"]}) == passed("", {"LABEL_MAP": {7: "mug"}}) == [["mug"]]


def test_an_empty_list_of_labels_lets_nothing_pass_or_is_an_error():
    assert passed("", {"LABELS": []}) == []
    with pytest.raises(CalculatorError, match="no label is allowed"):
        passed("fail_on_empty_labels: true", {"LABELS": []})


def test_detections_without_labels_are_dropped():
    plain = Detections(np.zeros((2, 4)), np.zeros((2, 0, 2)), [0.5, 0.6])
    (found,) = run_calculator(NAME, {"DETECTIONS": [(0, plain)]}, outputs=["DETECTIONS"]).values("DETECTIONS")
    assert len(found) == 0


def test_one_detection_leaves_only_if_it_passes():
    one, other = FOUND.take([0]), FOUND.take([3])
    run = run_calculator(
        NAME, {"DETECTION": [(0, one), (1, other)]}, options="min_score: 0.3", outputs=["DETECTION"]
    )
    assert [packet.timestamp for packet in run.packets("DETECTION")] == [0]


def test_ports_that_exclude_one_another_are_refused():
    with pytest.raises(ConfigError, match="exactly one of the inputs"):
        run_calculator(NAME, {"DETECTION": [], "DETECTIONS": []})
    with pytest.raises(ConfigError, match="exclude one another"):
        run_calculator(NAME, {"DETECTION": []}, {"LABELS": [], "LABELS_CSV": ""})
