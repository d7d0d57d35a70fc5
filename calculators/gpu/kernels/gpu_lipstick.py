"""GpuLipstick: lipstick on faces whose landmarks are on the GPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from attention_mesh.calculators.gpu.kernels.face_rows import face_counts
from attention_mesh.calculators.gpu.kernels.gpu_canvas import copied
from attention_mesh.drawing.makeup.lab_color import lab_table, rgb_to_lab
from attention_mesh.drawing.makeup.lip_mask import lip_arcs, lip_curve_basis
from attention_mesh.drawing.makeup.lip_surface import lip_grids
from attention_mesh.drawing.makeup.lipstick import MOST_COVER, Lipstick, finish_values
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

_LIPS, _LIPSTICK, _HIDDEN, _TONGUE, _SHINE = (
    tuple(Path(__file__).with_name(f"{name}.wgsl") for name in names)
    for names in (
        ("lips", "lip_state"),
        ("lipstick", "lip_paint", "lip_state"),
        ("lip_hidden", "lip_paint", "lip_state"),
        ("lip_tongue", "lip_paint", "lip_state"),
        ("lip_shine", "lip_paint", "lip_state"),
    )
)
_STATE = 154_112  # numbers of a face, see the shader
_PLANES = 4
_PART = 4  # a mouth has at most this part of the frame's pixels, 1 / _PART
_GROUP = 8  # the sides of workgroups
# Entries of the shaders: whether each pixel has an invocation, else a face has one workgroup.
_ENTRIES = {
    "outline": (_LIPS, False),
    "fill": (_LIPS, True),
    "blur_across": (_LIPS, True),
    "blur_down": (_LIPS, True),
    "likeness": (_LIPSTICK, False),
    "hide": (_HIDDEN, False),
    "tongue": (_TONGUE, False),
    "measure": (_LIPSTICK, False),
    "shine": (_SHINE, False),
    "keep_shine": (_SHINE, False),
    "paint": (_LIPSTICK, True),
}


class GpuLipstick:
    """Paints the lips of all faces of a frame, as `paint_lipstick` does.

    What does not look like lip is left bare, such as a hand, a mustache or the tongue. The CPU's memory of a
    video is missing. A mouth of more than a quarter of the frame's pixels stays as it is.

    Args:
      gpu: where it records.
      lipstick: what to paint with.
    """

    def __init__(self, gpu: GpuRecorder, lipstick: Lipstick) -> None:
        self._gpu = gpu
        values = finish_values(lipstick.finish)
        strength = min(lipstick.intensity, 1.0) * values.cover * MOST_COVER
        color = rgb_to_lab(np.array([[lipstick.color]], np.uint8))[0, 0].tolist()
        skin = landmark_groups()["even_skin"]
        # The paint is among the tables, so that one pipeline serves all of them.
        paint = [strength, values.highlights, *color, values.shine]
        parts = (lip_curve_basis(), lip_arcs(), skin, lab_table(), paint, lip_grids())
        tables = [np.ravel(table) for table in parts]
        self._tables = gpu.upload(np.concatenate(tables).astype(np.float32))
        self._lab_table, self._skin_points = sum(map(len, tables[:3])), len(skin)
        self._entries = [entry for entry, (shader, _) in _ENTRIES.items() if values.shine or shader != _SHINE]

    def paint(self, picture: GpuBuffer, landmarks: GpuTensor, faces: GpuTensor) -> GpuBuffer:
        """The frame with lipstick.

        Args:
          picture: the frame.
          landmarks: (F, 468 or 478, 3), fractions of the frame.
          faces: (F, 8) rows, see `ROW`; empty ones are left out.
        """
        count, number = face_counts(landmarks, faces)
        gpu = self._gpu
        drawn = copied(gpu, picture)
        capacity = max(picture.width * picture.height // _PART, 1)
        state = gpu.tensor((count, _STATE))
        planes = gpu.tensor((count, _PLANES, capacity))
        groups = -(-picture.width // _GROUP), -(-picture.height // _GROUP), count
        inputs = {
            _LIPS: [picture, landmarks, faces, self._tables, state, planes],
            _LIPSTICK: [picture, landmarks, self._tables, state, planes, drawn],
        }
        inputs[_HIDDEN] = inputs[_TONGUE] = inputs[_SHINE] = inputs[_LIPSTICK]
        sizes = {"landmarks": number, "lab_table": self._lab_table}
        for entry in self._entries:
            shader, is_pixelwise = _ENTRIES[entry]
            more = {"skin_points": self._skin_points} if shader == _HIDDEN else {}
            workgroups = groups if is_pixelwise else (1, 1, count)
            gpu.dispatch(shader, inputs[shader], workgroups, {**sizes, **more}, entry)
        return drawn
