"""Scored labels as text."""

import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.formats.classification_pb2 import Classification, ClassificationList
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import PRE_STREAM
from attention_mesh.media.video_header import VideoHeader

NAME = "LabelsToRenderDataCalculator"
FOUND = ClassificationList(
    classification=[
        Classification(label="jawOpen", display_name="open mouth", score=0.75),
        Classification(label="mouthSmile", display_name="smile", score=0.5),
        Classification(label="browDown", display_name="frown", score=0.25),
    ]
)


def shapes(options: str, **inputs) -> list:
    packets = {tag: value if isinstance(value, list) else [(0, value)] for tag, value in inputs.items()}
    (data,) = run_calculator(NAME, packets, options=options).values("RENDER_DATA")
    return list(data.render_annotations)


def test_labels_stand_one_below_the_other_in_the_colors_of_the_options():
    options = (
        "max_num_labels: 5 font_height_px: 20 horizontal_offset_px: 7 vertical_offset_px: 3 font_face: 2 "
        "thickness: 3 color { r: 1 } color { g: 2 }"
    )
    found = shapes(options, CLASSIFICATIONS=FOUND)
    assert [shape.text.display_text for shape in found] == ["jawOpen", "mouthSmile", "browDown"]
    assert [shape.text.baseline for shape in found] == [28, 53, 78]  # lines of 25 px
    assert all(
        (shape.text.left, shape.text.font_height, shape.text.font_face, shape.thickness) == (7, 20, 2, 3)
        for shape in found
    )
    assert [(shape.color.r, shape.color.g) for shape in found] == [(1, 0), (0, 2), (1, 0)]
    assert not found[0].text.HasField("outline_thickness")


def test_one_label_in_red_is_the_default():
    (only,) = shapes("", CLASSIFICATIONS=FOUND)
    assert only.text.display_text == "jawOpen" and only.color.r == 255 and only.text.baseline == 63


def test_scores_and_names_for_people_can_be_shown():
    (only,) = shapes("use_display_name: true display_classification_score: true", CLASSIFICATIONS=FOUND)
    assert only.text.display_text == "open mouth:0.75"


def test_lists_of_labels_and_scores_are_drawn_too():
    found = shapes("max_num_labels: 2", LABELS=[(0, ["a", "b"])], SCORES=[(0, [0.5, 1 / 3])])
    assert [shape.text.display_text for shape in found] == ["a:0.5", "b:0.333333"]
    (plain,) = shapes("", LABELS=[(0, ["a", "b"])])
    assert plain.text.display_text == "a"


def test_letters_can_have_an_outline():
    (black,) = shapes("outline_thickness: 2", CLASSIFICATIONS=FOUND)
    assert black.text.outline_thickness == 2 and black.text.outline_color.r == 0
    (blue,) = shapes("outline_thickness: 2 outline_color { b: 9 }", CLASSIFICATIONS=FOUND)
    assert blue.text.outline_color.b == 9


def test_text_at_the_bottom_stands_above_the_edge_of_the_video():
    header = [(PRE_STREAM, VideoHeader(640, 480, 30.0))]
    options = "location: BOTTOM_LEFT max_num_labels: 2 font_height_px: 20"
    found = shapes(options, CLASSIFICATIONS=[(0, FOUND)], VIDEO_PRESTREAM=header)
    assert [shape.text.baseline for shape in found] == [455, 480]


@pytest.mark.parametrize(
    "options, tags, problem",
    [
        ("", ["SCORES"], "exactly one of CLASSIFICATIONS and LABELS"),
        ("", ["CLASSIFICATIONS", "LABELS"], "exactly one of CLASSIFICATIONS and LABELS"),
        ("", ["CLASSIFICATIONS", "SCORES"], "SCORES belong to LABELS"),
        ("location: BOTTOM_LEFT", ["LABELS"], "needs VIDEO_PRESTREAM"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(options, tags, problem):
    with pytest.raises(ConfigError, match=problem):
        run_calculator(NAME, {tag: [] for tag in tags}, options=options)


def test_each_label_needs_its_score():
    with pytest.raises(CalculatorError, match="1 scores for 2 labels"):
        shapes("", LABELS=[(0, ["a", "b"])], SCORES=[(0, [0.5])])
