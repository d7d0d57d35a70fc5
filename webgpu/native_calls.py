"""Dispatches recorded by the C functions under wgpu's methods, at a third of their time.

Those are private to wgpu. If they are not where they were, the public methods record the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attention_mesh.webgpu.wgpu_package import native_library


class BoundDispatch:
    """A pipeline with its bind group, recorded as often as needed.

    Attributes:
        is_fast: whether the C functions were found.
    """

    __slots__ = ("_group", "_handles", "_native", "_pipeline", "is_fast")

    def __init__(self, pipeline: Any, group: Any) -> None:
        self._pipeline, self._group = pipeline, group
        self._native = native_library()
        self._handles = _handles(pipeline, group)
        self.is_fast = self._native is not None and self._handles is not None

    def record(self, compute_pass: Any, groups: tuple[int, int, int]) -> None:
        """Records it with so many workgroups. It sets the pass's bind group 0."""
        native, handles = self._native, self._handles
        if native is None or handles is None:
            compute_pass.set_pipeline(self._pipeline)
            compute_pass.set_bind_group(0, self._group)
            compute_pass.dispatch_workgroups(*groups)
            return
        own = compute_pass._internal
        native.set_pipeline(own, handles[0])
        native.set_bind_group(own, 0, handles[1], 0, native.NULL)
        native.dispatch(own, *groups)


class DispatchList:
    """Dispatches in a row that share their bind groups.

    Attributes:
        is_fast: whether the C functions were found.
    """

    def __init__(self, dispatches: Sequence[tuple[Any, int, int, int]]) -> None:
        """Takes (pipeline, x, y, z) each, a pipeline and numbers of workgroups."""
        self._dispatches = list(dispatches)
        self._native = native_library()
        self._handles = _handles(*(each[0] for each in self._dispatches))
        self.is_fast = self._native is not None and self._handles is not None

    def record(self, compute_pass: Any) -> None:
        """Records the dispatches into a compute pass whose bind groups are set."""
        native, handles = self._native, self._handles
        if native is None or handles is None:
            for pipeline, x, y, z in self._dispatches:
                compute_pass.set_pipeline(pipeline)
                compute_pass.dispatch_workgroups(x, y, z)
            return
        set_pipeline, dispatch, own = native.set_pipeline, native.dispatch, compute_pass._internal
        for handle, (_, x, y, z) in zip(handles, self._dispatches, strict=True):
            set_pipeline(own, handle)
            dispatch(own, x, y, z)

    def record_indirect(self, compute_pass: Any, arguments: Any) -> None:
        """As `record`, but the numbers of workgroups are in a buffer: three 32-bit integers per dispatch."""
        native, handles = self._native, self._handles
        if native is None or handles is None:
            for place, (pipeline, *_) in enumerate(self._dispatches):
                compute_pass.set_pipeline(pipeline)
                compute_pass.dispatch_workgroups_indirect(arguments, 12 * place)
            return
        set_pipeline, dispatch, own = native.set_pipeline, native.dispatch_indirect, compute_pass._internal
        buffer = arguments._internal
        for place, handle in enumerate(handles):
            set_pipeline(own, handle)
            dispatch(own, buffer, 12 * place)


def _handles(*objects: Any) -> list[Any] | None:
    """What the C functions know objects of wgpu by; None if that has moved."""
    found = [getattr(each, "_internal", None) for each in objects]
    return None if None in found else found
