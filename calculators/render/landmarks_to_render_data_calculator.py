"""Render data of landmarks: points and connections."""

import numpy as np

from attention_mesh.calculators.proto.color_pb2 import Color
from attention_mesh.calculators.proto.render_data_pb2 import RenderAnnotation, RenderData
from attention_mesh.drawing.render_annotations import set_color
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

_MIN_DEPTH_RANGE = 1e-3  # of z, below which depth is not shown
_NOT_QUITE_ZERO = 1e-6  # keeps the depth's scale finite
_WHITE = Color(r=255, g=255, b=255)


@calculator
class LandmarksToRenderDataCalculator(Calculator):
    """Draws lines between landmarks and a disc on each.

    MediaPipe's node of this name. Landmarks in streams have neither visibility nor presence, so every one
    counts as visible.

    Inputs: exactly one of NORM_LANDMARKS, in fractions of the frame, and LANDMARKS, in pixels; RENDER_SCALE,
      which multiplies the thickness.
    Outputs: RENDER_DATA, of all faces of the packet, one after the other; empty if the landmarks are.
    Options: `landmark_connections`, of which those to missing landmarks are left out; colors and thickness;
      `visualize_landmark_depth`, with which, if z varies by more than 0.001 within the face, nearer discs are
      larger and brighter, and lines blend from max_depth_line_color, nearest, to min_depth_line_color,
      farthest.

    Example::

        node {
          calculator: "LandmarksToRenderDataCalculator"
          input_stream: "NORM_LANDMARKS:face_landmarks"
          output_stream: "RENDER_DATA:landmarks_render_data"
          node_options {
            [type.googleapis.com/mediapipe.LandmarksToRenderDataCalculatorOptions] {
              landmark_connections: [61, 146, 146, 91]
              landmark_color { r: 255 g: 0 b: 0 }
              connection_color { r: 0 g: 255 b: 0 }
              thickness: 2
              visualize_landmark_depth: false
            }
          }
        }
    """

    normalized = Input("NORM_LANDMARKS", NormalizedLandmarks, optional=True)  # (F, N, 3)
    absolute = Input("LANDMARKS", NormalizedLandmarks, optional=True)  # (F, N, 3), pixels
    scale = Input("RENDER_SCALE", float, optional=True)
    data = Output("RENDER_DATA", RenderData)
    timestamp_offset = 0

    Options = "mediapipe.LandmarksToRenderDataCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        tags = {connection.entry.tag for connection in node.inputs}
        if len(tags & {"NORM_LANDMARKS", "LANDMARKS"}) != 1:
            raise ValueError("connect exactly one of NORM_LANDMARKS and LANDMARKS")
        connections = node.options.landmark_connections
        if len(connections) % 2:
            raise ValueError(f"landmark_connections has {len(connections)} entries; expected two per line")
        if any(index < 0 for index in connections):
            raise ValueError("landmark_connections has a negative index; landmarks count from 0")

    def landmark_pairs(self) -> np.ndarray:
        """(L, 2) ints: the landmarks that lines join."""
        return np.array(self.options.landmark_connections, np.intp).reshape(-1, 2)

    def open(self) -> None:
        options = self.options
        self.connections = self.landmark_pairs()
        self.near = _channels(options.min_depth_line_color)
        far = options.max_depth_line_color if options.HasField("max_depth_line_color") else _WHITE
        self.far = _channels(far)

    def process(self) -> None:
        port = self.normalized if self.normalized.connected else self.absolute
        if port.is_empty:
            return
        thickness = float(np.float32(self.options.thickness))
        if self.scale.connected:
            if self.scale.is_empty:
                raise ValueError(f'stream "{self.scale.name}" has no packet although there are landmarks')
            thickness *= self.scale.value
        data = RenderData()
        for points in port.value.points:
            self._add_face(data, points, thickness, self.normalized.connected)
        self.data.send(data)

    def _add_face(self, data: RenderData, points: np.ndarray, thickness: float, normalized: bool) -> None:
        depths = _depths(points[:, 2]) if self.options.visualize_landmark_depth else None
        places = points[:, :2].astype(float).tolist()
        shown = self.connections[(self.connections < len(points)).all(axis=1)].tolist()
        for start, end in shown:
            annotation = data.render_annotations.add(thickness=thickness)
            line = annotation.line if depths is None else annotation.gradient_line
            line.x_start, line.y_start = places[start]
            line.x_end, line.y_end = places[end]
            line.normalized = normalized
            if depths is None:
                set_color(annotation, self.options.connection_color)
            else:
                self._set_line_color(annotation.gradient_line.color1, depths[start])
                self._set_line_color(annotation.gradient_line.color2, depths[end])
        if not self.options.render_landmarks:
            return
        for index, (x, y) in enumerate(places):
            annotation = data.render_annotations.add(scene_tag="KEYPOINT", thickness=thickness)
            point = annotation.point
            point.x, point.y, point.normalized = x, y, normalized
            if depths is None:
                set_color(annotation, self.options.landmark_color)
            else:
                self._set_disc(annotation, depths[index])

    def _set_line_color(self, color: Color, depth: float) -> None:
        color.r, color.g, color.b = (self.near * depth + self.far * (1 - depth)).astype(int).tolist()

    def _set_disc(self, annotation: RenderAnnotation, depth: float) -> None:
        gray = 255 - int(np.float32(depth * 255))
        annotation.color.r = annotation.color.g = annotation.color.b = gray
        smallest, largest = self.options.min_depth_circle_thickness, self.options.max_depth_circle_thickness
        annotation.thickness = int(smallest + (1 - np.float32(depth)) * (largest - smallest))


def _depths(z: np.ndarray) -> list[float] | None:
    """How far back each point lies between the nearest, 0, and the farthest, 1; None if z hardly varies.

    The farthest lies at 0 or behind it, as officially (there the search starts from the smallest number
    above 0).
    """
    if not len(z):
        return None
    near, far = z.min(), max(z.max(), np.finfo(np.float32).tiny)
    if far - near <= _MIN_DEPTH_RANGE:
        return None
    return ((z - near) / (float(far - near) + _NOT_QUITE_ZERO)).tolist()


def _channels(color: Color) -> np.ndarray:
    return np.array((color.r, color.g, color.b), np.float32)
