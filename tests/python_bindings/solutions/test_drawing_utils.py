"""Drawing functions: what they draw, what they leave out and what they refuse."""

from __future__ import annotations

import builtins

import cv2
import numpy as np
import pytest

from attention_mesh.framework.formats import detection_pb2, landmark_pb2, location_data_pb2
from attention_mesh.python_bindings.solutions import drawing_styles, drawing_utils, face_mesh_connections
from attention_mesh.python_bindings.solutions.drawing_utils import DrawingSpec

WIDTH, HEIGHT = 200, 100


def blank() -> np.ndarray:
    return np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def landmark_list(*points: tuple[float, ...], **more: float) -> landmark_pb2.NormalizedLandmarkList:
    """Landmarks at (x, y) or (x, y, z), each with the fields in `more`."""
    return landmark_pb2.NormalizedLandmarkList(
        landmark=[
            landmark_pb2.NormalizedLandmark(**dict(zip("xyz", point, strict=False)), **more)
            for point in points
        ]
    )


def random_mesh() -> landmark_pb2.NormalizedLandmarkList:
    """478 points, some of them outside the image."""
    return landmark_list(*np.random.default_rng(3).uniform(-0.1, 1.1, (478, 3)).tolist())


def drawn_one_by_one(image, landmarks, connections, specs) -> None:
    """Connections as single calls of cv2.line, in order: what a viewer of the functions' results expects."""
    height, width = image.shape[:2]
    points = [(point.x, point.y) for point in landmarks.landmark]
    pixels = [(int(x * width), int(y * height)) if 0 <= x < 1 and 0 <= y < 1 else None for x, y in points]
    for connection in connections:
        a, b = (pixels[index] for index in connection)
        if a is not None and b is not None:
            spec = specs[connection] if isinstance(specs, dict) else specs
            cv2.line(image, a, b, spec.color, spec.thickness)


def detection_at(
    box: tuple[float, float, float, float], *keypoints: tuple[float, float]
) -> detection_pb2.Detection:
    location = location_data_pb2.LocationData(
        format=location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX,
        relative_bounding_box=dict(zip(("xmin", "ymin", "width", "height"), box, strict=True)),
        relative_keypoints=[{"x": x, "y": y} for x, y in keypoints],
    )
    return detection_pb2.Detection(location_data=location)


@pytest.mark.parametrize(
    ("connections", "specs"),
    [
        (face_mesh_connections.FACEMESH_TESSELATION, DrawingSpec((10, 20, 30), 1)),
        (
            face_mesh_connections.FACEMESH_CONTOURS,
            drawing_styles.get_default_face_mesh_contours_style(1),
        ),
        ([(0, 1), (1, 2), (0, 1)], DrawingSpec((10, 20, 30), 4)),
    ],
    ids=["one style", "a style for each", "a list"],
)
def test_connections_are_drawn_as_single_lines_in_their_order(connections, specs) -> None:
    """Crossing lines of several colors show the order; the batches must not change it."""
    mesh, image, expected = random_mesh(), blank(), blank()
    drawing_utils.draw_landmarks(image, mesh, connections, None, specs)
    drawn_one_by_one(expected, mesh, connections, specs)
    assert expected.any()
    np.testing.assert_array_equal(image, expected)


def test_landmarks_are_dots_with_a_white_rim_on_top_of_the_lines() -> None:
    image, expected = blank(), blank()
    drawing_utils.draw_landmarks(image, landmark_list((0.25, 0.5), (0.75, 0.5)), [(0, 1)])
    cv2.line(expected, (50, 50), (150, 50), (224, 224, 224), 2)
    for center in ((50, 50), (150, 50)):
        cv2.circle(expected, center, 3, (224, 224, 224), 2)
        cv2.circle(expected, center, 2, (0, 0, 255), 2)
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize(
    "more",
    [{"landmark_drawing_spec": None}, {"is_drawing_landmarks": False}],
    ids=["no style", "told not to"],
)
def test_no_dots(more: dict) -> None:
    image = blank()
    drawing_utils.draw_landmarks(image, landmark_list((0.5, 0.5)), **more)
    assert not image.any()


def test_no_lines_without_a_style_for_them() -> None:
    image = blank()
    drawing_utils.draw_landmarks(image, landmark_list((0.2, 0.5), (0.8, 0.5)), [(0, 1)], None, None)
    assert not image.any()


@pytest.mark.parametrize("field", ["visibility", "presence"])
@pytest.mark.parametrize(("value", "is_drawn"), [(0.49, False), (0.5, True)])
def test_hidden_landmarks_are_left_out(field: str, value: float, is_drawn: bool) -> None:
    image = blank()
    drawing_utils.draw_landmarks(image, landmark_list((0.5, 0.5), **{field: value}))
    assert image.any() == is_drawn


@pytest.mark.parametrize(
    ("point", "pixel"),
    [
        ((0.0, 0.0), (0, 0)),
        ((1.0, 1.0), (WIDTH - 1, HEIGHT - 1)),
        ((0.999999, 0.5), (WIDTH - 1, HEIGHT // 2)),
        ((0.2549, 0.2549), (50, 25)),
        ((-1e-6, 0.5), None),
        ((0.5, 1.0001), None),
        ((float("nan"), 0.5), None),
    ],
)
def test_normalized_point_to_pixel(point: tuple[float, float], pixel: tuple[int, int] | None) -> None:
    assert drawing_utils._normalized_to_pixel_coordinates(*point, WIDTH, HEIGHT) == pixel


def test_none_instead_of_landmarks_draws_nothing() -> None:
    image = blank()
    drawing_utils.draw_landmarks(image, None)
    assert not image.any()


@pytest.mark.parametrize("connection", [(0, 2), (-1, 0)])
def test_connection_to_a_landmark_that_is_not_there(connection: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="Landmark index is out of range"):
        drawing_utils.draw_landmarks(blank(), landmark_list((0.1, 0.1), (0.2, 0.2)), [(0, 1), connection])


DRAWING = {
    "draw_landmarks": lambda image: drawing_utils.draw_landmarks(image, landmark_list((0.5, 0.5))),
    "draw_detection": lambda image: drawing_utils.draw_detection(image, detection_at((0, 0, 1, 1))),
    "draw_axis": lambda image: drawing_utils.draw_axis(image, np.eye(3), np.array([0, 0, -1.0])),
}


@pytest.mark.parametrize("draw", DRAWING.values(), ids=DRAWING)
@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 4)])
def test_image_without_three_channels(draw, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="Input image must contain three channel bgr data."):
        draw(np.zeros(shape, np.uint8))


def test_detection_has_a_box_and_dots() -> None:
    image, expected = blank(), blank()
    drawing_utils.draw_detection(image, detection_at((0.25, 0.25, 0.5, 0.5), (0.5, 0.5)))
    cv2.circle(expected, (100, 50), 2, (0, 0, 255), 2)
    cv2.rectangle(expected, (50, 25), (150, 75), (224, 224, 224), 2)
    np.testing.assert_array_equal(image, expected)


def test_detection_over_the_border_is_cut_off() -> None:
    image, expected = blank(), blank()
    drawing_utils.draw_detection(image, detection_at((-0.25, 0.25, 0.5, 0.5), (-0.1, 0.5), (0.1, 1.5)))
    cv2.rectangle(expected, (-50, 25), (50, 75), (224, 224, 224), 2)
    np.testing.assert_array_equal(image, expected)
    assert not image[:20].any(), "nothing in the top-left corner"


def test_detection_without_a_relative_location() -> None:
    detection = detection_pb2.Detection(location_data={"format": location_data_pb2.LocationData.BOUNDING_BOX})
    with pytest.raises(ValueError, match="LocationData must be relative.*BOUNDING_BOX"):
        drawing_utils.draw_detection(blank(), detection)


def test_axes_point_right_up_and_to_the_viewer() -> None:
    image = blank()
    drawing_utils.draw_axis(
        image, np.eye(3), np.array([0, 0, -1.0]), axis_length=0.5, axis_drawing_spec=DrawingSpec(thickness=1)
    )
    red, green = (np.argwhere((image == color).all(axis=2)) for color in ((0, 0, 255), (0, 128, 0)))
    # To a pixel: the depth is moved by 1e-5 against a division by zero, then pixels are cut to integers.
    assert red[:, 1].max() == pytest.approx(150, abs=1), "x ends half-way to the right border"
    assert green[:, 0].min() == pytest.approx(25, abs=1), "y ends half-way to the upper border"


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch):
    """pyplot without a screen; what `show` would show stays open."""
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is in the plot extra")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.close("all")
    yield plt
    plt.close("all")


def test_plot_has_the_points_and_lines_that_are_seen(plots) -> None:
    points = landmark_list((0.25, 0.5, 0.125), (0.5, 0.75, -0.25), (0.0, 1.0, 0.5))
    points.landmark[2].visibility = 0.1
    drawing_utils.plot_landmarks(points, [(0, 1), (1, 2)], elevation=20, azimuth=30)
    (axes,) = plots.gcf().axes
    (dots,), (line,) = axes.collections, axes.lines
    seen = np.array([[-0.125, 0.25, -0.5], [0.25, 0.5, -0.75]])
    np.testing.assert_array_equal(np.stack(dots._offsets3d, axis=1), seen)
    np.testing.assert_array_equal(np.stack(line.get_data_3d(), axis=1), [*seen, [np.nan] * 3])
    assert all(np.isfinite([*axes.get_xlim(), *axes.get_ylim(), *axes.get_zlim()]))
    assert (axes.elev, axes.azim) == (20, 30)


def test_plot_refuses_a_connection_to_a_landmark_that_is_not_there(plots) -> None:
    with pytest.raises(ValueError, match="Landmark index is out of range"):
        drawing_utils.plot_landmarks(landmark_list((0, 0, 0)), [(0, 1)])


def test_plot_without_matplotlib_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_matplotlib(name, *arguments, **keywords):
        if name.split(".")[0] == "matplotlib":
            raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")
        return real_import(name, *arguments, **keywords)

    real_import = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without_matplotlib)
    with pytest.raises(ImportError, match=r"\[plot\]"):
        drawing_utils.plot_landmarks(landmark_list((0, 0, 0)))
