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
    """Dispatches in a row that share bind group 0.

    Attributes:
        is_fast: whether the C functions were found.
    """

    def __init__(
        self,
        dispatches: Sequence[tuple[Any, int, int, int]],
        parameters: Any = None,
        offsets: Sequence[int] = (),
    ) -> None:
        """Makes the list.

        Args:
            dispatches: (pipeline, x, y, z) each, a pipeline and numbers of workgroups.
            parameters: bind group 1, which has one dynamic offset; None if the pipelines have no such group.
            offsets: the byte at which the parameters of each dispatch begin.
        """
        self._dispatches = list(dispatches)
        self._parameters, self._offsets = parameters, list(offsets)
        self._native = native_library()
        groups = [] if parameters is None else [parameters]
        self._handles = _handles(*(each[0] for each in self._dispatches), *groups)
        self.is_fast = self._native is not None and self._handles is not None
        if self._native is not None and groups:
            # The list keeps the array, because the C functions get pointers into it.
            self._array = self._native.new_integers(self._offsets)
            self._pointers = [self._array + place for place in range(len(self._offsets))]

    def record(self, compute_pass: Any) -> None:
        """Records the dispatches into a compute pass whose bind group 0 is set. It sets bind group 1."""
        native, handles = self._native, self._handles
        if native is None or handles is None:
            for place, (pipeline, x, y, z) in enumerate(self._dispatches):
                self._set(compute_pass, place, pipeline)
                compute_pass.dispatch_workgroups(x, y, z)
            return
        set_pipeline, set_group, dispatch = native.set_pipeline, native.set_bind_group, native.dispatch
        own, group = compute_pass._internal, handles[-1]
        if self._parameters is None:
            for handle, (_, x, y, z) in zip(handles, self._dispatches, strict=True):
                set_pipeline(own, handle)
                dispatch(own, x, y, z)
            return
        for handle, pointer, (_, x, y, z) in zip(handles[:-1], self._pointers, self._dispatches, strict=True):
            set_pipeline(own, handle)
            set_group(own, 1, group, 1, pointer)
            dispatch(own, x, y, z)

    def record_indirect(self, compute_pass: Any, arguments: Any) -> None:
        """As `record`, but the numbers of workgroups are in a buffer: three 32-bit integers per dispatch."""
        native, handles = self._native, self._handles
        if native is None or handles is None:
            for place, (pipeline, *_) in enumerate(self._dispatches):
                self._set(compute_pass, place, pipeline)
                compute_pass.dispatch_workgroups_indirect(arguments, 12 * place)
            return
        set_pipeline, set_group, dispatch = (
            native.set_pipeline,
            native.set_bind_group,
            native.dispatch_indirect,
        )
        own, group, buffer = compute_pass._internal, handles[-1], arguments._internal
        for place, _ in enumerate(self._dispatches):
            set_pipeline(own, handles[place])
            if self._parameters is not None:
                set_group(own, 1, group, 1, self._pointers[place])
            dispatch(own, buffer, 12 * place)

    def _set(self, compute_pass: Any, place: int, pipeline: Any) -> None:
        compute_pass.set_pipeline(pipeline)
        if self._parameters is not None:
            compute_pass.set_bind_group(1, self._parameters, [self._offsets[place]])


def _handles(*objects: Any) -> list[Any] | None:
    """What the C functions know objects of wgpu by; None if that has moved."""
    found = [getattr(each, "_internal", None) for each in objects]
    return None if None in found else found
