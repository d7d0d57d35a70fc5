"""Detections as shapes."""

from dataclasses import replace

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "DetectionsToRenderDataCalculator"
FACE = Detections([(0.25, 0.5, 0.5, 0.25)], [[(0.375, 0.5), (0.5, 0.625)]], [0.936])


def data_of(options: str = "", detections=FACE, tag: str = "DETECTIONS"):
    return run_calculator(NAME, {tag: [(0, detections)]}, options=options).values("RENDER_DATA")


@pytest.mark.parametrize("tag", ["DETECTIONS", "DETECTION_LIST", "DETECTION"])
def test_label_box_and_keypoints(tag):
    (data,) = data_of("thickness: 4 color { g: 255 }", tag=tag)
    tags = [shape.scene_tag for shape in data.render_annotations]
    assert data.scene_class == "DETECTION" and tags == [
        "LABEL",
        "FEATURE",
        "LOCATION",
        "KEYPOINT",
        "KEYPOINT",
    ]
    assert all(shape.thickness == 4 and shape.color.g == 255 for shape in data.render_annotations)
    label, feature, location, *keypoints = data.render_annotations
    assert label.text.display_text == "0,0.94," and feature.text.display_text == ""
    assert label.text.normalized and label.text.left == 0.25
    assert label.text.baseline == pytest.approx(0.525) and label.text.font_height == pytest.approx(0.0225)
    box = location.rectangle
    assert (box.left, box.top, box.right, box.bottom, box.normalized) == (0.25, 0.5, 0.75, 0.75, True)
    assert [(shape.point.x, shape.point.y) for shape in keypoints] == [(0.375, 0.5), (0.5, 0.625)]


def test_ids_stand_on_a_line_of_their_own_and_the_text_is_styled():
    (data,) = data_of("render_detection_id: true text_delimiter: ' ' text { font_face: 3 }")
    first, second = data.render_annotations[:2]
    assert (first.text.display_text, second.text.display_text) == ("Id: 0", "0 0.94 ")
    assert first.text.font_face == 3 and second.text.baseline == pytest.approx(0.55)


def test_names_numbers_and_ids_are_the_detections_own():
    both = Detections.concatenate([FACE, FACE])
    both = replace(both, label_ids=[4, 5], labels=("Face", ""), ids=[11, 12])
    (data,) = data_of("render_detection_id: true", both)
    texts = [shape.text.display_text for shape in data.render_annotations if shape.scene_tag == "LABEL"]
    assert texts == ["Id: 11", "Face,0.94,", "Id: 12", "5,0.94,"]


def test_boxes_are_cut_at_the_frame():
    boxes = Detections([(-0.25, 0.75, 0.5, 0.5), (1.5, 0, 0.1, 0.1)], np.zeros((2, 0, 2)), [1, 1])
    (data,) = data_of(detections=boxes)
    cut, outside = (s.rectangle for s in data.render_annotations if s.scene_tag == "LOCATION")
    assert (cut.left, cut.top, cut.right, cut.bottom) == (0, 0.75, 0.25, 1)
    assert not outside.HasField("left")


def test_no_detection_is_a_message_without_shapes_or_none():
    (data,) = data_of(detections=Detections.empty())
    assert not data.render_annotations
    assert data_of("produce_empty_packet: false", Detections.empty()) == []


def test_an_input_is_needed():
    with pytest.raises(ConfigError, match="connect DETECTIONS, DETECTION_LIST or DETECTION"):
        run_calculator(NAME, {})
