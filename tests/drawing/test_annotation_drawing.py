"""Shapes drawn into an image."""

import cv2
import numpy as np
import pytest

from attention_mesh.calculators.proto.render_data_pb2 import RenderData
from attention_mesh.drawing.annotation_drawing import AnnotationDrawing
from attention_mesh.framework.protos import parse_text

BACKGROUND = 40
RED = "color { r: 250 g: 20 b: 120 }"
SIZE = "left: 10 top: 20 right: 90 bottom: 80"
PARTS = "left: 0.1 top: 0.2 right: 0.613 bottom: 0.8 normalized: true"
LINE = "x_start: 10 y_start: 15 x_end: 150 y_end: 60"

# Every kind of shape, in pixels and normalized, upright and turned, inside and across the border.
OFFICIAL_CASES = [
    f"rectangle {{ {SIZE} }}",
    f"rectangle {{ {PARTS} rotation: 0.4 top_left_thickness: 6 }}",
    "rectangle { left: 10.7 top: 20.2 right: 60.9 bottom: 80 top_left_thickness: 5 }",
    "rectangle { left: 60 top: 80 right: 10 bottom: 20 }",
    f"filled_rectangle {{ rectangle {{ {SIZE} }} }}",
    f"filled_rectangle {{ rectangle {{ {PARTS} rotation: -0.7 }} fill_color {{ g: 200 }} }}",
    f"rounded_rectangle {{ rectangle {{ {SIZE} }} corner_radius: 12 line_type: 8 }}",
    f"oval {{ rectangle {{ {PARTS} rotation: 0.3 }} }}",
    f"filled_oval {{ oval {{ rectangle {{ {SIZE} rotation: 1.3 }} }} }}",
    "point { x: 0.5 y: 0.25 normalized: true }",
    "point { x: 50.9 y: -1.5 }",
    "line { x_start: 0.1 y_start: 0.1 x_end: 0.9 y_end: 0.7 normalized: true }",
    f"line {{ {LINE} line_type: DASHED }}",
    "line { x_start: -10 y_start: 15 x_end: 150 y_end: 260 }",
    f"gradient_line {{ {LINE} color1 {{ r: 255 }} color2 {{ g: 100 b: 255 }} }}",
    "gradient_line { x_start: 140 y_start: 110 x_end: 100 y_end: -30 color1 { r: 255 } color2 { b: 255 } }",
    "gradient_line { x_start: 0.9 y_start: 0.2 x_end: 1.2 y_end: 0.3 normalized: true color1 { r: 255 } }",
    f"arrow {{ {LINE} }}",
    "arrow { x_start: 0.9 y_start: 0.8 x_end: 0.2 y_end: 0.5 normalized: true }",
    "scribble { point { x: 10 y: 10 } point { x: 50 y: 100 } point { x: 0.9 y: 0.3 normalized: true } }",
]
# MediaPipe 0.10.21 holds OpenCV 4.10. Version 5 has other letters, and the edges of its ellipses and thick
# lines lie a pixel elsewhere here and there.
NEW_OPENCV = int(cv2.__version__.split(".")[0]) >= 5
TEXT_CASES = [
    'text { display_text: "Face 0.93" left: 10 baseline: 60 font_height: 20 }',
    'text { display_text: "Face" left: 0.5 baseline: 0.5 font_height: 0.2 normalized: true font_face: 3 '
    "center_horizontally: true center_vertically: true }",
    'text { display_text: "O" left: 20 baseline: 80 font_height: 40 outline_thickness: 2 '
    "outline_color { g: 9 } }",
]


def annotation(shape: str, thickness: float = 3) -> str:
    return f"render_annotations {{ {shape} thickness: {thickness} {RED} }}"


def draw(text: str, channels: int = 3, **style) -> np.ndarray:
    image = np.full((120, 160, channels), BACKGROUND, np.uint8)
    AnnotationDrawing(image, **style).draw(parse_text(text, RenderData()))
    return image


def touched(image: np.ndarray) -> np.ndarray:
    """(H, W) bool: what is not background any more."""
    return (image != BACKGROUND).any(axis=-1)


def is_near(image: np.ndarray, other: np.ndarray) -> bool:
    """Whether every pixel drawn in `image` has one of its color in `other`, at most one pixel away."""
    rows, columns = np.nonzero(touched(image))
    around = np.pad(other, ((1, 1), (1, 1), (0, 0)), mode="edge")
    shifted = [around[rows + dy, columns + dx] for dy in range(3) for dx in range(3)]
    return (image[rows, columns] == np.array(shifted)).all(axis=-1).any(axis=0).all()


@pytest.mark.slow
@pytest.mark.parametrize("channels", [3, 4])
def test_the_pixels_are_mediapipes(peer_images, channels):
    node = (
        'calculator: "AnnotationOverlayCalculator" input_stream: "IMAGE:image" input_stream: "shapes" '
        'output_stream: "IMAGE:result"'
    )
    shapes = OFFICIAL_CASES + ([] if NEW_OPENCV else TEXT_CASES)
    texts = [annotation(shape, thickness) for shape in shapes for thickness in (0, 1.5, 3)]
    empty = np.full((120, 160, channels), BACKGROUND, np.uint8)
    official = peer_images([(node, text, empty) for text in texts])
    for text, expected in zip(texts, official, strict=True):
        made = draw(text, channels)
        if NEW_OPENCV:
            assert is_near(made, expected) and is_near(expected, made), text
        else:
            np.testing.assert_array_equal(made, expected, err_msg=text)


@pytest.mark.parametrize("shape", OFFICIAL_CASES[:3] + OFFICIAL_CASES[4:] + TEXT_CASES)
def test_every_kind_leaves_its_color(shape):
    made = draw(annotation(shape))
    assert touched(made).sum() > 10
    assert (made == (250, 20, 120)).all(axis=-1).any() or "gradient" in shape


def test_a_filled_rounded_rectangle_keeps_its_corners_free():
    shape = f"filled_rounded_rectangle {{ rounded_rectangle {{ rectangle {{ {SIZE} }} corner_radius: 12 }} }}"
    made = touched(draw(annotation(shape)))
    assert made[20, 50] and made[50, 10] and made[50, 50] and made[80, 90 - 13]
    assert not made[[20, 20, 80, 80], [10, 90, 10, 90]].any() and not made[81:].any()


def test_later_shapes_lie_on_earlier_ones():
    line = f"line {{ {LINE} }}"
    covered = annotation(line) + annotation(f"filled_rectangle {{ rectangle {{ {SIZE} }} }}")
    blue_line = f"render_annotations {{ {line} thickness: 3 color {{ b: 255 }} }}"
    made = draw(annotation(line) + blue_line + covered + blue_line)
    x, y = 45, 26  # on the line, in the rectangle
    np.testing.assert_array_equal(made[y, x], (0, 0, 255))


def test_an_outline_surrounds_the_letters():
    plain, outlined = (
        draw(annotation(TEXT_CASES[2].replace("outline_thickness: 2", ""))),
        draw(annotation(TEXT_CASES[2])),
    )
    ring = (outlined == (0, 9, 0)).all(axis=-1)
    assert ring.sum() > 100 and touched(outlined)[touched(plain)].all()


def test_text_can_be_upside_down():
    text = annotation('text { display_text: "L" left: 60 baseline: 60 font_height: 40 }')
    upright, flipped = touched(draw(text)), touched(draw(text, flip_text=True))
    assert upright[:55].any() and not upright[70:].any()
    assert flipped[70:].any() and not flipped[:50].any()


@pytest.mark.parametrize(
    "shape, message",
    [
        ("", "has no shape"),
        ("point { x: nan }", "holds the number nan"),
        ("rectangle { right: inf }", "holds the number inf"),
        ('text { display_text: "a" font_face: 9 }', "font_face 9 is none of"),
    ],
)
def test_what_cannot_be_drawn_is_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        draw(annotation(shape))


def test_far_outside_is_drawn_as_nothing():
    far = "line { x_start: 1e15 y_start: 2e15 x_end: 1e15 y_end: 3e15 }"
    assert not touched(draw(annotation(far) + annotation("point { x: -1e12 y: 7 }"))).any()


def test_letters_on_an_image_with_alpha_are_those_on_one_without() -> None:
    """And its alpha becomes 0 under them, as under all shapes."""
    text = 'text { display_text: "ab" left: 3 baseline: 25 font_height: 20 }'
    data = parse_text(f"render_annotations {{ color {{ r: 250 }} {text} }}", RenderData())
    plain = np.full((32, 48, 3), 100, np.uint8)
    with_alpha = np.dstack([plain, np.full((32, 48), 255, np.uint8)])
    AnnotationDrawing(plain).draw(data)
    AnnotationDrawing(with_alpha).draw(data)
    assert np.abs(with_alpha[..., :3].astype(int) - plain).max() <= 1  # rounding
    red = (plain[..., 0] - 100.0) / 150  # coverage
    assert red.max() == 1
    np.testing.assert_allclose(with_alpha[..., 3], 255 * (1 - red), atol=2.5)  # levels of red are 150
