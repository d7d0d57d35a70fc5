"""Scaling, turning and mirroring of images."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import PRE_STREAM
from attention_mesh.media.video_header import VideoHeader

NAME = "ImageTransformationCalculator"
OFFICIAL_CASES = [
    "",
    "output_width: 20",
    "output_width: 20 output_height: 31",
    "output_width: 100 output_height: 90",
    "output_width: 40 output_height: 90",
    "output_width: 20 output_height: 31 interpolation_mode: NEAREST",
    "output_width: 40 output_height: 40 scale_mode: FIT",
    "output_width: 41 output_height: 80 scale_mode: FIT constant_padding: false",
    "output_width: 80 output_height: 40 scale_mode: FIT padding_color { red: 10 green: 200 blue: 30 }",
    "output_width: 40 output_height: 40 scale_mode: FILL_AND_CROP",
    "rotation_mode: ROTATION_90",
    "rotation_mode: ROTATION_180",
    "rotation_mode: ROTATION_270",
    "rotation_mode: ROTATION_90 output_width: 30 output_height: 30",
    "rotation_mode: ROTATION_270 output_width: 30 output_height: 50",
    "rotation_mode: ROTATION_90 output_width: 30 output_height: 50 scale_mode: FIT",
    "flip_vertically: true",
    "flip_horizontally: true",
    "flip_vertically: true flip_horizontally: true rotation_mode: ROTATION_90",
]


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (37, 52, 3), dtype=np.uint8)


def transform(image, options="", side=None, **streams):
    inputs = {"IMAGE": [(0, image)], **{tag: [(0, value)] for tag, value in streams.items()}}
    return run_calculator(NAME, inputs, side=side, options=options, outputs=["IMAGE", "LETTERBOX_PADDING"])


@pytest.mark.slow
def test_every_pixel_is_mediapipes(peer_images, image):
    node = f'calculator: "{NAME}" input_stream: "IMAGE:image" output_stream: "IMAGE:result"'
    extension = "mediapipe.ImageTransformationCalculatorOptions.ext"
    official = peer_images(
        [(f"{node} options {{ [{extension}] {{ {text} }} }}", "", image) for text in OFFICIAL_CASES]
    )
    for text, expected in zip(OFFICIAL_CASES, official, strict=True):
        np.testing.assert_array_equal(transform(image, text).values("IMAGE")[0], expected, err_msg=text)


def test_without_settings_the_very_image_passes(image):
    assert transform(image).values("IMAGE")[0] is image


def test_quarter_turns_are_counter_clockwise(image):
    turned = transform(image, "rotation_mode: ROTATION_90").values("IMAGE")[0]
    np.testing.assert_array_equal(turned, np.rot90(image))


def test_fit_pads_in_the_middle_and_tells_the_shares():
    image = np.full((10, 10, 3), 200, np.uint8)
    run = transform(image, "output_width: 20 output_height: 40 scale_mode: FIT")
    (padded,), (padding,) = run.values("IMAGE"), run.values("LETTERBOX_PADDING")
    np.testing.assert_array_equal(padding, np.float32([[0, 0.25, 0, 0.25]]))
    assert (padded[10:30] == 200).all() and not padded[:10].any() and not padded[30:].any()


@pytest.mark.parametrize(
    "shape, dtype",
    [((8, 6), np.uint8), ((8, 6, 1), np.uint8), ((8, 6, 4), np.uint16), ((8, 6, 2), np.float32)],
)
def test_kind_and_axes_of_the_image_stay(shape, dtype):
    options = "output_width: 4 output_height: 4 rotation_mode: ROTATION_90 flip_vertically: true"
    (small,) = transform(np.ones(shape, dtype), options).values("IMAGE")
    assert small.shape == (4, 4, *shape[2:]) and small.dtype == dtype


def test_side_packets_count_more_than_options(image):
    side = {"OUTPUT_DIMENSIONS": [8, 6], "ROTATION_DEGREES": 0, "FLIP_HORIZONTALLY": True}
    run = transform(image, "output_width: 3 output_height: 3 rotation_mode: ROTATION_90", side)
    flipped = transform(image, "output_width: 8 output_height: 6 flip_horizontally: true")
    np.testing.assert_array_equal(run.values("IMAGE")[0], flipped.values("IMAGE")[0])


def test_streams_count_most_and_stay_until_their_next_packet(image):
    run = run_calculator(
        NAME,
        {
            "IMAGE": [(0, image), (1, image), (2, image)],
            "ROTATION_DEGREES": [(0, 90), (2, 0)],
            "FLIP_VERTICALLY": [(1, True)],
        },
        side={"ROTATION_DEGREES": 180},
        outputs=["IMAGE"],
        bounds={"FLIP_VERTICALLY": 3},
    )
    turned = np.rot90(image)
    for made, expected in zip(run.values("IMAGE"), [turned, turned[::-1], image[::-1]], strict=True):
        np.testing.assert_array_equal(made, expected)


def test_where_the_size_stream_is_silent_the_frame_is_dropped(image):
    run = run_calculator(
        NAME,
        {"IMAGE": [(0, image), (1, image)], "OUTPUT_DIMENSIONS": [(1, (4, 5))]},
        outputs=["IMAGE"],
    )
    assert [(packet.timestamp, packet.value.shape) for packet in run.packets("IMAGE")] == [(1, (5, 4, 3))]


def test_the_header_tells_the_new_size(image):
    header = VideoHeader(52, 37, 25.0, 2.0)
    run = run_calculator(
        NAME,
        {"VIDEO_PRESTREAM": [(PRE_STREAM, header)], "IMAGE": [(0, image)]},
        options="rotation_mode: ROTATION_270",
        outputs=["IMAGE", "VIDEO_PRESTREAM"],
    )
    assert run.values("VIDEO_PRESTREAM") == [VideoHeader(37, 52, 25.0, 2.0)]
    assert run.values("IMAGE")[0].shape == (52, 37, 3)


def test_a_header_needs_both_ends_and_a_constant_size(image):
    inputs = {"IMAGE": [(0, image)], "VIDEO_PRESTREAM": []}
    with pytest.raises(ConfigError, match="on one side only"):
        run_calculator(NAME, inputs, outputs=["IMAGE"])
    with pytest.raises(ConfigError, match="ROTATION_DEGREES can only be side packets or options"):
        run_calculator(NAME, {**inputs, "ROTATION_DEGREES": []}, outputs=["IMAGE", "VIDEO_PRESTREAM"])


def test_other_angles_are_refused(image):
    with pytest.raises(CalculatorError, match="rotation of 45 degrees; expected 0, 90, 180 or 270"):
        transform(image, side={"ROTATION_DEGREES": 45})


def test_what_would_vanish_is_refused():
    options = "output_width: 4 output_height: 4 scale_mode: FIT"
    with pytest.raises(CalculatorError, match="200x1 pixels would be 4x0 within 4x4"):
        transform(np.zeros((1, 200, 3), np.uint8), options)
