"""GpuFaceMarks: layers over faces whose landmarks are on the GPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from attention_mesh.calculators.gpu.kernels.face_rows import face_counts
from attention_mesh.calculators.gpu.kernels.gpu_canvas import MARK_PART, draw_listed
from attention_mesh.drawing.layers.boxes_layer import BoxesLayer
from attention_mesh.drawing.layers.canvas import Canvas, Color
from attention_mesh.drawing.layers.contours_layer import ContoursLayer
from attention_mesh.drawing.layers.depth_layer import DepthLayer
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.irises_layer import LEFT_IRIS, RIGHT_IRIS, IrisesLayer
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import REFERENCE_PX
from attention_mesh.drawing.layers.mark_list import MARK
from attention_mesh.drawing.layers.mesh_layer import MeshLayer
from attention_mesh.drawing.layers.roi_layer import RoiLayer
from attention_mesh.drawing.layers.trails import Trails
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import (
    NUM_LANDMARKS,
    NUM_LANDMARKS_WITH_IRISES,
    FaceTopology,
)
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

_POINTS = Path(__file__).with_name("face_points.wgsl")
_LINES, _DEPTH = (
    (Path(__file__).with_name(name), MARK_PART) for name in ("line_marks.wgsl", "depth_marks.wgsl")
)
# Where the points of a layer begin behind the landmarks, and how many points there are, see face_points.wgsl.
_BEHIND = {BoxesLayer: 1, RoiLayer: 5, IrisesLayer: 11}
_EXTRA = 77
_MOST_PASSES = 3  # lines beside each other, see line_marks.wgsl
_GROUP = np.dtype(
    [("places", np.uint32, 4), ("lines", np.uint32, 3), ("style", np.float32, 2), ("rest", np.uint32, 3)]
)

DRAWN_ON_GPU = (DepthLayer, MeshLayer, ContoursLayer, IrisesLayer, RoiLayer, BoxesLayer)
"""The layers that need nothing from the CPU."""


def check_layers(layers: Sequence[Layer]) -> None:
    """Raises ValueError unless all layers are of `DRAWN_ON_GPU`."""
    for layer in layers:
        if not isinstance(layer, DRAWN_ON_GPU):
            names = ", ".join(sorted(each.__name__ for each in DRAWN_ON_GPU))
            raise ValueError(
                f"{type(layer).__name__} needs landmarks on the CPU: connect LANDMARKS. With LANDMARKS_GPU "
                f"there are {names}"
            )


class _Group(NamedTuple):
    """Lines of one color: (L, 6) uint32 points, as line_marks.wgsl has them."""

    lines: np.ndarray
    color: Color
    width: float
    opacity: float


class _Tables(NamedTuple):
    """What the shaders read for a number of faces and of landmarks, and how much they write."""

    groups: GpuTensor | None
    lines: GpuTensor | None
    depths: list[tuple[DepthLayer, int, int]]  # with the first mark and the first shape
    marks: int
    shapes: int


class GpuFaceMarks:
    """Draws layers, one over the other, over the faces of a frame.

    Args:
      gpu: where it records.
      layers: of `DRAWN_ON_GPU`.

    Raises:
      ValueError: a layer is another one.
    """

    def __init__(self, gpu: GpuRecorder, layers: Sequence[Layer]) -> None:
        check_layers(layers)
        self._gpu = gpu
        self._layers = layers
        self._tables: dict[tuple[int, int], _Tables] = {}
        self._triangles = gpu.upload(FaceTopology.load().triangles.astype(np.uint32))
        self._no_bytes = gpu.upload(np.zeros(1, np.uint32))

    def draw(self, picture: GpuBuffer, landmarks: GpuTensor, faces: GpuTensor) -> GpuBuffer:
        """The frame with the drawing.

        Args:
          picture: the frame.
          landmarks: (F, 468 or 478, 3), fractions of the frame.
          faces: (F, 8) rows, see `ROW`; empty ones are left out.
        """
        count, number = face_counts(landmarks, faces)
        if (count, number) not in self._tables:
            self._tables[count, number] = self._tables_of(count, number)
        tables = self._tables[count, number]
        if not tables.marks:
            return picture
        gpu, stride = self._gpu, number + _EXTRA
        points = gpu.tensor((count, stride, 4))
        marks = gpu.tensor((1 + tables.marks, MARK.itemsize // 4))
        shapes = gpu.tensor((tables.shapes, 4))
        margin = next((layer.margin for layer in self._layers if isinstance(layer, BoxesLayer)), 0.0)
        sizes = {"landmarks": number, "stride": stride}
        head = {
            **sizes,
            "of_size": NUM_LANDMARKS,
            "margin": margin,
            "marks_count": tables.marks,
            "left_iris": LEFT_IRIS,
            "right_iris": RIGHT_IRIS,
        }
        gpu.dispatch(_POINTS, [landmarks, faces, picture, points, marks], (count, 1, 1), head)
        if tables.groups is not None:
            resources: list[Any] = [points, tables.groups, tables.lines, marks, shapes]
            gpu.dispatch(_LINES, resources, (tables.groups.shape[0], count, 1), sizes)
        for layer, mark, shape in tables.depths:
            style = {**sizes, **_depth_style(layer), "first_mark": mark, "next_mark": 1, "first_shape": shape}
            resources = [points, self._triangles, picture, marks, shapes]
            gpu.dispatch(_DEPTH, resources, (count, 1, 1), style)
        return draw_listed(gpu, picture, marks, shapes, self._no_bytes)

    def _tables_of(self, faces: int, landmarks: int) -> _Tables:
        mark, shape, line = 1, 0, 0  # the first mark has the number of all
        rows, lines, depths = [], [], []
        for layer in self._layers:
            if isinstance(layer, DepthLayer):
                depths.append((layer, mark, shape))
                mark += faces
                shape += faces * 2 * len(FaceTopology.load().triangles)
                continue
            groups = _line_groups(layer, landmarks)
            shapes = sum(_MOST_PASSES * len(group.lines) for group in groups)
            first_shape = shape
            for number, group in enumerate(groups):
                color = int(np.dot(group.color, (1, 256, 65536)))
                places = mark + number, len(groups), first_shape, shapes
                rows.append(
                    (places, (line, len(group.lines), color), (group.width, group.opacity), (0, 0, 0))
                )
                lines.append(group.lines)
                line += len(group.lines)
                first_shape += _MOST_PASSES * len(group.lines)
            mark += faces * len(groups)
            shape += faces * shapes
        table = np.array(rows, _GROUP).view(np.uint32).reshape(-1, _GROUP.itemsize // 4)
        return _Tables(
            self._gpu.upload(table) if rows else None,
            self._gpu.upload(np.concatenate(lines)) if rows else None,
            depths,
            mark - 1,
            shape,
        )


def _depth_style(layer: DepthLayer) -> dict[str, float]:
    names = "near_r", "near_g", "near_b", "far_r", "far_g", "far_b"
    levels = dict(zip(names, (*rgb(layer.near_color), *rgb(layer.far_color)), strict=True))
    return {**levels, "opacity": layer.opacity, "triangles_count": len(FaceTopology.load().triangles)}


class _LineProbe(Canvas):
    """Takes the lines that a layer draws, without drawing them: which points they join, and their style."""

    def __init__(self) -> None:
        self.size = (1, 1)
        self.groups: list[tuple[np.ndarray, Color, float, float]] = []

    def lines(
        self, points_px: np.ndarray, trails: Trails, width_px: float, *colors: Color, opacity: float = 1.0
    ) -> None:
        for number, color in enumerate(colors):
            self.groups.append((trails.lines(number), color, width_px, opacity))


def _line_groups(layer: Layer, landmarks: int) -> list[_Group]:
    """The lines that a layer draws on a face of the size for which its widths are given."""
    face = canonical_face().vertices[None].astype(np.float32)
    face = face * np.float32(REFERENCE_PX / DrawnFaces(face).sizes_px[0])
    probe = _LineProbe()
    if landmarks >= NUM_LANDMARKS_WITH_IRISES or not isinstance(layer, IrisesLayer):
        layer.draw(probe, DrawnFaces(face, rois=np.ones((1, 5), np.float32)))
    behind = _BEHIND.get(type(layer))
    first = 0 if behind is None else landmarks + behind
    return [
        _Group((lines + first).astype(np.uint32), color, width, opacity)
        for lines, color, width, opacity in probe.groups
    ]
