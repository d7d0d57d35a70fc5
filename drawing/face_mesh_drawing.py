"""Face mesh drawing: meshes, regions and track ids, all lines of one color in one call of OpenCV."""

import cv2
import numpy as np

from attention_mesh.drawing.face_mesh_style import FaceMeshStyle
from attention_mesh.geometry.normalized_landmarks import landmark_bounds
from attention_mesh.geometry.projection import rect_corners
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES, FaceTopology

GRAY = (128, 128, 128)
WHITE = (224, 224, 224)
LEFT = (48, 255, 48)
RIGHT = (255, 48, 48)
BOX = (255, 204, 0)
SHADOW = (0, 0, 0)

CONTOUR_COLORS = (
    (WHITE, ("FACE_OVAL", "LIPS")),
    (LEFT, ("LEFT_EYE", "LEFT_EYEBROW")),
    (RIGHT, ("RIGHT_EYE", "RIGHT_EYEBROW")),
)
# First of the five points of an iris: the center; the next four lie on its rim.
IRISES = ((LEFT, 473), (RIGHT, 468))

# Anti-aliased lines are placed in sixteenths of a pixel.
_FRACTION_BITS = 4
# Far beyond any image, and still far below the overflow of OpenCV's integers.
_FARTHEST_PX = 1 << 20


def draw_face_mesh(
    image: np.ndarray,
    points_px: np.ndarray,
    style: FaceMeshStyle,
    rois_px: np.ndarray | None = None,
    ids: np.ndarray | None = None,
) -> None:
    """Draws the meshes of all faces into `image`, in place.

    Args:
      image: (H, W, 3) uint8, contiguous and writeable; channels in the order that `style.bgr` says.
      points_px: (F, N, 2 or more) float; x, y in pixels of the image, origin at its top-left corner. A
        face with a point that is not finite is left out; points may lie outside the image.
      style: what to draw.
      rois_px: (F, 5) float; x_center, y_center, width, height in pixels, rotation_rad (clockwise).
      ids: (F,) int track ids, 0 for none.
    """
    points_px = np.asarray(points_px, np.float32)[..., :2]
    shown = np.isfinite(points_px).all(axis=(1, 2))
    if not shown.any():
        return
    points_px = np.clip(points_px[shown], -_FARTHEST_PX, _FARTHEST_PX)
    topology = FaceTopology.load()
    thickness = style.thickness_px((image.shape[1], image.shape[0]))
    pen = _Pen(image, style)
    fixed = pen.fixed_point(points_px)
    if style.tesselation:
        pen.lines(_gather(fixed, topology, ("TESSELATION",)), GRAY, max(1, thickness // 2))
    if style.contours:
        for color, names in CONTOUR_COLORS:
            pen.lines(_gather(fixed, topology, names), color, thickness)
    if style.irises and points_px.shape[1] >= NUM_LANDMARKS_WITH_IRISES:
        for color, first in IRISES:
            for iris in points_px[:, first : first + 5]:
                pen.circle(iris[0], np.linalg.norm(iris[1:] - iris[0], axis=1).mean(), color, thickness)
    if not (style.boxes or style.ids):
        return
    corners = _point_corners(points_px)
    if style.boxes:
        if rois_px is not None:
            rois_px = np.asarray(rois_px, np.float32)[shown]
            corners = rect_corners(np.clip(rois_px, -_FARTHEST_PX, _FARTHEST_PX))
        pen.lines(list(pen.fixed_point(corners)), BOX, thickness, closed=True)
    if style.ids and ids is not None:
        first = corners.sum(axis=2).argmin(axis=1)  # of a tilted region the corner nearest to the top left
        places = corners[np.arange(len(corners)), first]
        for place, track in zip(places, np.asarray(ids)[shown].tolist(), strict=True):
            if track:
                pen.text(f"#{track}", place, BOX, thickness)


def draw_segments(image: np.ndarray, segments: np.ndarray, color: tuple, thickness: int) -> None:
    """Draws single lines into `image`, in place, as `cv2.line` would one after another.

    Args:
      image: (H, W, C) uint8, contiguous and writeable.
      segments: (S, 2, 2) int32; the two ends (x, y) in pixels.
      color: a value for each channel.
      thickness: pixels.
    """
    if len(segments):
        cv2.polylines(image, list(segments), False, color, thickness)


def _point_corners(points_px: np.ndarray) -> np.ndarray:
    """(F, 4, 2) corners of the upright box of each face's points."""
    low, high = landmark_bounds(points_px)
    sides = np.concatenate([(low + high) / 2, high - low, np.zeros((len(low), 1), np.float32)], axis=1)
    return rect_corners(sides)


def _gather(fixed: np.ndarray, topology: FaceTopology, names: tuple[str, ...]) -> list[np.ndarray]:
    """The polylines of these line sets, for every face."""
    return [line for name in names for trail in topology.trails(name) for line in fixed.take(trail, axis=1)]


class _Pen:
    """OpenCV's drawing calls, with the style's antialiasing and order of channels."""

    def __init__(self, image: np.ndarray, style: FaceMeshStyle):
        self.image = image
        self.bgr = style.bgr
        self.line_type = cv2.LINE_AA if style.antialias else cv2.LINE_8
        self.shift = _FRACTION_BITS if style.antialias else 0

    def fixed_point(self, points_px: np.ndarray) -> np.ndarray:
        """OpenCV's integers, whose origin is the first pixel's center, of pixels from the image's corner."""
        return np.rint((points_px - 0.5) * (1 << self.shift)).astype(np.int32, order="C")

    def color(self, color: tuple[int, int, int]) -> tuple[int, int, int]:
        return color[::-1] if self.bgr else color

    def lines(self, lines: list[np.ndarray], color: tuple, thickness: int, closed: bool = False) -> None:
        cv2.polylines(
            self.image, lines, closed, self.color(color), thickness, lineType=self.line_type, shift=self.shift
        )

    def circle(self, center_px: np.ndarray, radius_px: float, color: tuple, thickness: int) -> None:
        radius = round(float(radius_px) * (1 << self.shift))
        center = self.fixed_point(center_px).tolist()
        cv2.circle(
            self.image,
            center,
            radius,
            self.color(color),
            thickness,
            lineType=self.line_type,
            shift=self.shift,
        )

    def text(self, text: str, place_px: np.ndarray, color: tuple, thickness: int) -> None:
        """Writes just above and right of `place_px`, moved into the image if it would leave it."""
        scale = 0.5 * thickness
        font = cv2.FONT_HERSHEY_SIMPLEX
        (width, height), below = cv2.getTextSize(text, font, scale, thickness)
        limit = np.array([self.image.shape[1] - width, self.image.shape[0] - below])
        origin = np.clip(np.rint(place_px) - [0, below], [0, height], np.maximum(limit, [0, height]))
        x, y = origin.astype(int).tolist()
        shade = (thickness + 1) // 2
        for ink, offset in ((SHADOW, shade), (self.color(color), 0)):
            place = (x + offset, y + offset)
            cv2.putText(self.image, text, place, font, scale, ink, thickness, self.line_type)
