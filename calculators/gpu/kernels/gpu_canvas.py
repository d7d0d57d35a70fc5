"""Drawing of marks over a picture on a GPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from attention_mesh.drawing.layers.mark_list import MARK, MarkList
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

MARK_PART = Path(__file__).with_name("mark.wgsl")
"""The part of a shader that declares a mark."""

_COPY = Path(__file__).with_name("copy_picture.wgsl")
_TILES, _SHADER = (
    (Path(__file__).with_name(name), MARK_PART) for name in ("canvas_tiles.wgsl", "canvas.wgsl")
)
_COPIED, _TILE = 8, 16  # the sides of workgroups in these shaders


def draw_marks(gpu: GpuRecorder, picture: GpuBuffer, marks: MarkList) -> GpuBuffer:
    """Records a copy of a picture with marks over it.

    Args:
      gpu: where it records.
      picture: the picture.
      marks: for a picture of this size.

    Returns:
      The copy, with color if the picture was gray; the picture itself if there is no mark.
    """
    listed = marks.marks
    if not len(listed):
        return picture
    table = np.zeros(1 + len(listed), MARK)
    table[0]["count"] = len(listed)
    table[1:] = listed
    shapes, coverage = marks.shapes, marks.coverage
    coverage = np.pad(coverage, (0, -len(coverage) % 4)).view("<u4")
    tensors = [gpu.upload(array) for array in (table.view(np.uint32), shapes, coverage)]
    return draw_listed(gpu, picture, *tensors)


def draw_listed(
    gpu: GpuRecorder, picture: GpuBuffer, marks: GpuTensor, shapes: GpuTensor, coverage: GpuTensor
) -> GpuBuffer:
    """The same with marks that are on the GPU.

    Args:
      gpu: where it records.
      picture: the picture.
      marks: (1 + M) `MARK`; the count of the first one is M.
      shapes: (S, 4) float32.
      coverage: bytes, four in each number.
    """
    size = picture.width, picture.height
    drawn = copied(gpu, picture)
    tiles = gpu.tensor((1 + -(-size[0] // _TILE) * -(-size[1] // _TILE),))
    workgroups = gpu.keep(
        _SHADER, lambda: gpu.device.create_buffer(12, "STORAGE|INDIRECT", "workgroups of the canvas")
    )
    with gpu.sequence():  # no other canvas may write the numbers of workgroups in between
        gpu.dispatch(_TILES, [picture, marks, tiles, workgroups], (1, 1, 1))
        pipeline = gpu.pipeline(_SHADER)
        resources = [picture.view, marks.buffer, shapes.buffer, coverage.buffer, tiles.buffer, drawn.view]
        group = gpu.device.create_bind_group(pipeline.get_bind_group_layout(0), resources)
        with gpu.compute_pass() as compute_pass, gpu.device.guard("the dispatch of canvas.wgsl"):
            compute_pass.set_pipeline(pipeline)
            compute_pass.set_bind_group(0, group)
            compute_pass.dispatch_workgroups_indirect(workgroups, 0)
    return drawn


def copied(gpu: GpuRecorder, picture: GpuBuffer) -> GpuBuffer:
    """Records a copy of a picture, with color if the picture is gray, for a shader to draw into."""
    size = picture.width, picture.height
    copy = gpu.picture(size, max(picture.channels, 3))
    gpu.dispatch(_COPY, [picture, copy], (-(-size[0] // _COPIED), -(-size[1] // _COPIED), 1))
    return copy
