"""Drawing utilities: detections, landmarks and axes drawn into BGR images as MediaPipe's drawing_utils draws.

The pixels are the same except in three cases, in which MediaPipe's result is an accident. A keypoint outside
the image is not drawn (MediaPipe draws it in the top-left corner). A box that reaches outside ends at the
border (MediaPipe moves its corner to the image's). `connection_drawing_spec=None` draws no lines (MediaPipe
raises AttributeError).
"""

import functools
import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from attention_mesh.drawing.line_segments import draw_segments
from attention_mesh.extras import MissingExtraError, install_command
from attention_mesh.framework.formats import detection_pb2, landmark_pb2, location_data_pb2
from attention_mesh.python_bindings.images import expect_drawable
from attention_mesh.python_bindings.mediapipe_api.array_messages import read_landmarks

# Blue, green, red.
WHITE_COLOR = (224, 224, 224)
BLACK_COLOR = (0, 0, 0)
RED_COLOR = (0, 0, 255)
GREEN_COLOR = (0, 128, 0)
BLUE_COLOR = (255, 0, 0)

# Below these a landmark counts as hidden. A landmark without these values counts as seen.
_PRESENCE_THRESHOLD = 0.5
_VISIBILITY_THRESHOLD = 0.5


@dataclass
class DrawingSpec:
    """Style of a landmark, a connection or a box.

    Attributes:
      color: (blue, green, red), 0 to 255 each.
      thickness: of the line in pixels; a negative one fills circles and boxes.
      circle_radius: in pixels.
    """

    color: tuple[int, int, int] = (224, 224, 224)
    thickness: int = 2
    circle_radius: int = 2


# Defaults of the functions below; each is one object, whose fields a program may change.
_WHITE_LINES = DrawingSpec()
_RED_POINTS = DrawingSpec(color=RED_COLOR)
_PLOTTED_LINES = DrawingSpec(color=BLACK_COLOR, thickness=5)
_PLOTTED_POINTS = DrawingSpec(color=RED_COLOR, thickness=5)

_Connection = tuple[int, int]


def draw_landmarks(
    image: np.ndarray,
    landmark_list: landmark_pb2.NormalizedLandmarkList,
    connections: Collection[_Connection] | None = None,
    landmark_drawing_spec: DrawingSpec | Mapping[int, DrawingSpec] | None = _RED_POINTS,
    connection_drawing_spec: DrawingSpec | Mapping[_Connection, DrawingSpec] | None = _WHITE_LINES,
    is_drawing_landmarks: bool = True,
) -> None:
    """Draws landmarks, and lines between them, into `image`, in place.

    A landmark outside the image, or with visibility or presence below 0.5, is left out with its lines.

    Args:
      image: (H, W, 3) uint8 BGR, contiguous and writeable.
      landmark_list: landmarks normalized to the image; None draws nothing.
      connections: pairs of landmark indices to join, for example FACEMESH_CONTOURS.
      landmark_drawing_spec: one style, or one for each landmark index; None draws no points.
      connection_drawing_spec: one style, or one for each connection; None draws no lines.
      is_drawing_landmarks: False draws no points, whatever their style is.

    Raises:
      ValueError: the image does not have three channels, or a connection names a landmark that is not in
        the list.
    """
    if not landmark_list:
        return
    expect_drawable(image)
    points, confidences = read_landmarks(landmark_list)
    pixels, inside = _pixel_coordinates(points[:, :2], (image.shape[1], image.shape[0]))
    drawn = inside & ~_is_hidden(confidences)
    if connections is not None and connection_drawing_spec is not None:
        for spec, segments in _styled_segments(connections, connection_drawing_spec, pixels, drawn):
            draw_segments(image, segments, spec.color, spec.thickness)
    if is_drawing_landmarks and landmark_drawing_spec:
        style = landmark_drawing_spec
        for index in np.flatnonzero(drawn).tolist():
            spec = style[index] if isinstance(style, Mapping) else style
            center = pixels[index].tolist()
            border = max(spec.circle_radius + 1, int(spec.circle_radius * 1.2))
            cv2.circle(image, center, border, WHITE_COLOR, spec.thickness)
            cv2.circle(image, center, spec.circle_radius, spec.color, spec.thickness)


def draw_detection(
    image: np.ndarray,
    detection: detection_pb2.Detection,
    keypoint_drawing_spec: DrawingSpec = _RED_POINTS,
    bbox_drawing_spec: DrawingSpec = _WHITE_LINES,
) -> None:
    """Draws the keypoints and the box of a detection into `image`, in place.

    Args:
      image: (H, W, 3) uint8 BGR, contiguous and writeable.
      detection: with a relative bounding box; keypoints outside the image are left out.
      keypoint_drawing_spec: style of the keypoints.
      bbox_drawing_spec: style of the box.

    Raises:
      ValueError: the image does not have three channels, or the location is not relative.
    """
    expect_drawable(image)
    location = detection.location_data
    if location.format != location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX:
        name = location_data_pb2.LocationData.Format.Name(location.format)
        raise ValueError(
            f"LocationData must be relative to be drawn: its format is {name}, not RELATIVE_BOUNDING_BOX."
        )
    size = (image.shape[1], image.shape[0])
    keypoints = np.array([(point.x, point.y) for point in location.relative_keypoints]).reshape(-1, 2)
    spec = keypoint_drawing_spec
    for center in _only_inside(*_pixel_coordinates(keypoints, size)):
        cv2.circle(image, center, spec.circle_radius, spec.color, spec.thickness)
    if location.HasField("relative_bounding_box"):
        box = location.relative_bounding_box
        corners = np.array([(box.xmin, box.ymin), (box.xmin + box.width, box.ymin + box.height)])
        if np.isfinite(corners).all():
            (start, end), _ = _pixel_coordinates(corners, size)
            spec = bbox_drawing_spec
            cv2.rectangle(image, start.tolist(), end.tolist(), spec.color, spec.thickness)


def draw_axis(
    image: np.ndarray,
    rotation: np.ndarray,
    translation: np.ndarray,
    focal_length: tuple[float, float] = (1.0, 1.0),
    principal_point: tuple[float, float] = (0.0, 0.0),
    axis_length: float = 0.1,
    axis_drawing_spec: DrawingSpec = _WHITE_LINES,
) -> None:
    """Draws the axes of an object as arrows into `image`, in place: x red, y green, z blue.

    The camera looks along −z with y up. The image covers [−1, 1] in both directions.

    Args:
      image: (H, W, 3) uint8 BGR, contiguous and writeable.
      rotation: (3, 3), object to camera.
      translation: (3,), object to camera, in the unit of `axis_length`.
      focal_length: in x and y; half the image is 1.
      principal_point: in x and y, on the same scale.
      axis_length: length of each axis.
      axis_drawing_spec: gives the thickness.

    Raises:
      ValueError: the image does not have three channels.
    """
    expect_drawable(image)
    ends = np.vstack([np.zeros(3), np.eye(3)]).astype(np.float32)
    x, y, z = (np.matmul(rotation, axis_length * ends.T).T + translation).T
    x_ndc = np.clip(-focal_length[0] * x / (z + 1e-5) + principal_point[0], -1.0, 1.0)
    y_ndc = np.clip(-focal_length[1] * y / (z + 1e-5) + principal_point[1], -1.0, 1.0)
    columns = np.int32((1 + x_ndc) * 0.5 * image.shape[1])
    rows = np.int32((1 - y_ndc) * 0.5 * image.shape[0])
    origin, *tips = np.stack([columns, rows], axis=1).tolist()
    for tip, color in zip(tips, (RED_COLOR, GREEN_COLOR, BLUE_COLOR), strict=True):
        cv2.arrowedLine(image, origin, tip, color, axis_drawing_spec.thickness)


def plot_landmarks(
    landmark_list: landmark_pb2.NormalizedLandmarkList,
    connections: Collection[_Connection] | None = None,
    landmark_drawing_spec: DrawingSpec = _PLOTTED_POINTS,
    connection_drawing_spec: DrawingSpec = _PLOTTED_LINES,
    elevation: int = 10,
    azimuth: int = 10,
) -> None:
    """Shows landmarks, and lines between them, in a 3D plot of Matplotlib.

    Args:
      landmark_list: landmarks; those with visibility or presence below 0.5 are left out. None shows nothing.
      connections: pairs of landmark indices to join.
      landmark_drawing_spec: color and thickness of the points.
      connection_drawing_spec: color and thickness of the lines.
      elevation: of the view, degrees.
      azimuth: of the view, degrees.

    Raises:
      ValueError: a connection names a landmark that is not in the list.
      ImportError: Matplotlib is not installed.
    """
    if not landmark_list:
        return
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise MissingExtraError(f"plot_landmarks needs Matplotlib: {install_command('plot')}") from error

    points, confidences = read_landmarks(landmark_list)
    # The plot's axes point toward the viewer, to the right, and up.
    places = points[:, [2, 0, 1]] * [-1, 1, -1]
    shown = ~_is_hidden(confidences)
    plt.figure(figsize=(10, 10))
    axes: Any = plt.axes(projection="3d")  # an Axes3D, which Matplotlib's own types do not tell
    axes.view_init(elev=elevation, azim=azimuth)
    axes.scatter3D(
        *places[shown].T,
        color=_plot_color(landmark_drawing_spec.color),
        linewidth=landmark_drawing_spec.thickness,
        depthshade=False,
    )
    if connections is not None:
        pairs = _checked_pairs(connections, len(points))
        lines = places[pairs[shown[pairs].all(axis=1)]]
        # One line through all ends; it breaks at the NaN after each pair.
        broken = np.insert(lines, 2, np.nan, axis=1).reshape(-1, 3)
        axes.plot3D(
            *broken.T,
            color=_plot_color(connection_drawing_spec.color),
            linewidth=connection_drawing_spec.thickness,
        )
    plt.show()


def _is_hidden(confidences: np.ndarray) -> np.ndarray:
    """Returns (N,) bool for (N, 2) visibility and presence; an unset value (NaN) hides nothing."""
    return np.any(confidences < [_VISIBILITY_THRESHOLD, _PRESENCE_THRESHOLD], axis=1)


def _normalized_to_pixel_coordinates(
    normalized_x: float, normalized_y: float, image_width: int, image_height: int
) -> tuple[int, int] | None:
    """Returns the pixel (x, y) on which a normalized point falls, or None outside the image.

    The name is private, but programs written for MediaPipe use it.
    """
    places = _only_inside(
        *_pixel_coordinates(np.array([[normalized_x, normalized_y]]), (image_width, image_height))
    )
    return (places[0][0], places[0][1]) if places else None


def _pixel_coordinates(points: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Finds the pixels on which normalized points fall.

    Args:
      points: (N, 2) float64.
      size: (width, height) of the image.

    Returns:
      pixels: (N, 2) int32; 1.0 falls on the last pixel. Coordinates are clipped to a million.
      inside: (N,) bool, whether both coordinates lie in [0, 1]; False if one is NaN.
    """
    is_one = np.isclose(points, 1.0, rtol=1e-9, atol=0.0)
    inside = ((points >= 0) & ((points < 1) | is_one)).all(axis=1)
    pixels = np.floor(points * size)
    pixels = np.where(is_one, np.minimum(pixels, np.array(size) - 1), pixels)
    return np.clip(np.nan_to_num(pixels), -1e6, 1e6).astype(np.int32), inside


def _only_inside(pixels: np.ndarray, inside: np.ndarray) -> list[list[int]]:
    return pixels[inside].tolist()


def _styled_segments(
    connections: Collection[_Connection],
    spec: DrawingSpec | Mapping[_Connection, DrawingSpec],
    pixels: np.ndarray,
    drawn: np.ndarray,
) -> Iterable[tuple[DrawingSpec, np.ndarray]]:
    """Returns the lines in their order, in runs of one style: the style and (S, 2, 2) int32 ends, pixels."""
    pairs = _checked_pairs(connections, len(pixels))
    kept = drawn[pairs].all(axis=1)
    segments = pixels[pairs[kept]]
    if not isinstance(spec, Mapping):
        return [(spec, segments)]
    specs = [spec[connection] for connection in itertools.compress(connections, kept.tolist())]
    runs, start = [], 0
    for style, run in itertools.groupby(specs):
        end = start + len(list(run))
        runs.append((style, segments[start:end]))
        start = end
    return runs


def _checked_pairs(connections: Collection[_Connection], num_landmarks: int) -> np.ndarray:
    """Returns (S, 2) indices in the order of `connections`.

    Raises:
      ValueError: an index is not below `num_landmarks`.
    """
    pairs = _frozen_pairs(connections) if isinstance(connections, frozenset) else _index_pairs(connections)
    wrong = ((pairs < 0) | (pairs >= num_landmarks)).any(axis=1)
    if wrong.any():
        start, end = pairs[wrong][0].tolist()
        raise ValueError(
            f"Landmark index is out of range. Connection from #{start} to #{end} needs landmarks that the "
            f"list does not have: its indices are 0 to {num_landmarks - 1}."
        )
    return pairs


def _index_pairs(connections: Iterable[_Connection]) -> np.ndarray:
    return np.array([(connection[0], connection[1]) for connection in connections], np.intp).reshape(-1, 2)


_frozen_pairs = functools.lru_cache(maxsize=32)(_index_pairs)


def _plot_color(color: tuple[int, int, int]) -> tuple[float, ...]:
    """Converts blue, green, red in 0 to 255 to red, green, blue in 0 to 1."""
    return tuple(value / 255 for value in color[::-1])
