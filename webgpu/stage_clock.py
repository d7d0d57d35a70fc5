"""StageClock: how long the stages of a frame take on a device, by its own clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.errors import NoGpuError
from attention_mesh.webgpu.wgpu_package import timestamp_period_ns

_MOST_STAGES = 256


class StageClock:
    """Measures the compute passes of one list of commands after the other.

    A recorder with a clock gives each stage a pass of its own, so that a frame takes a little longer than
    without. What a pass waits for counts as its time.

    Args:
        device: where to measure.

    Raises:
        NoGpuError: the adapter has no timestamps.
    """

    def __init__(self, device: GpuDevice) -> None:
        if "timestamps" not in device.features:
            raise NoGpuError(f"the adapter {device.adapter} has no timestamps")
        self._device = device
        count = 2 * _MOST_STAGES
        with device.guard("the clock"):
            self._queries = device.handle.create_query_set(type="timestamp", count=count)
        self._times = device.create_buffer(8 * count, "QUERY_RESOLVE|COPY_SRC", "timestamps")
        self._stages: list[str] = []
        self._done: list[str] = []

    def writes(self, stage: str) -> dict[str, Any] | None:
        """What a compute pass of this stage takes as `timestamp_writes`; None beyond 256 passes."""
        place = 2 * len(self._stages)
        if place >= 2 * _MOST_STAGES:
            return None
        self._stages.append(stage)
        return {
            "query_set": self._queries,
            "beginning_of_pass_write_index": place,
            "end_of_pass_write_index": place + 1,
        }

    def resolve(self, encoder: Any) -> None:
        """Records the end of a list of commands, all of whose passes have ended."""
        self._done, self._stages = self._stages, []
        if self._done:
            encoder.resolve_query_set(self._queries, 0, 2 * len(self._done), self._times, 0)

    def read_ms(self) -> dict[str, float]:
        """Waits for the last list of commands that was submitted, and returns milliseconds by stage."""
        ticks = self._device.read(self._times, np.uint64, (len(self._done), 2))
        period_ms = 1e-6 * timestamp_period_ns(self._device.handle)
        found: dict[str, float] = {}
        for stage, (start, end) in zip(self._done, ticks.tolist(), strict=True):
            found[stage] = found.get(stage, 0.0) + (end - start) * period_ms
        return found
