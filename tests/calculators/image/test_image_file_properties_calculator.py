"""What an image file says of the camera."""

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.media.jpeg_with_exif import jpeg_with_exif

NAME = "ImageFilePropertiesCalculator"
NODE = f'node {{ calculator: "{NAME}" '


def known(properties) -> tuple:
    """The numbers of MediaPipe's own test, rounded as there."""
    return (
        properties.image_width,
        properties.image_height,
        properties.focal_length_mm,
        properties.focal_length_35mm,
        round(properties.focal_length_pixels, 2),
    )


EXPECTED = (2448, 3264, 3.38, 25, 2357.48)


def test_each_photo_of_a_stream_has_properties():
    photos = [(0, jpeg_with_exif()), (1, jpeg_with_exif(focal_35mm=50))]
    first, second = run_calculator(NAME, {"": photos}).values("")
    assert known(first) == EXPECTED
    assert second.focal_length_pixels == pytest.approx(2 * first.focal_length_pixels)


def test_a_side_packet_gives_a_side_packet():
    config = NODE + 'input_side_packet: "photo" output_side_packet: "properties" }'
    with CalculatorGraph(config) as graph:
        graph.start_run({"photo": jpeg_with_exif()})
        assert known(graph.side_packet("properties")) == EXPECTED


def test_a_stream_gives_a_side_packet_of_its_first_photo():
    config = 'input_stream: "photo"' + NODE + 'input_stream: "photo" output_side_packet: "properties" }'
    with CalculatorGraph(config) as graph:
        graph.start_run()
        graph.add_packet("photo", jpeg_with_exif(), 0)
        graph.add_packet("photo", jpeg_with_exif(focal_35mm=50), 1)
        graph.close_all_input_streams()
        graph.wait_until_done()
        assert known(graph.side_packet("properties")) == EXPECTED


@pytest.mark.parametrize(
    "photo, problem", [(b"text", "no JPEG file"), (jpeg_with_exif(focal_35mm=0), "0 mm in 35 mm equivalent")]
)
def test_a_photo_that_does_not_say_is_an_error(photo, problem):
    with pytest.raises(CalculatorError, match=problem):
        run_calculator(NAME, {"": [(0, photo)]})


@pytest.mark.parametrize(
    "ports, problem",
    [
        ('output_stream: "b"', "as an input stream or as an input side packet"),
        ('input_stream: "a"', "connect an output"),
        ('input_side_packet: "c" output_stream: "b"', "gives an output side packet"),
    ],
)
def test_ports_that_do_not_fit_are_refused(ports, problem):
    with pytest.raises(ConfigError, match=problem):
        CalculatorGraph(f'input_stream: "a" input_side_packet: "c" {NODE} {ports} }}')
