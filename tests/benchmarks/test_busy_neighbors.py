"""The processes beside which the benchmarks measure: they compute, and they end."""

from __future__ import annotations

import time

from attention_mesh.benchmarks.busy_neighbors import BusyNeighbors


def test_neighbors_compute_during_the_block_and_end_with_it() -> None:
    with BusyNeighbors(2) as neighbors:
        processes = list(neighbors._processes)
        time.sleep(0.3)
        assert [process.poll() for process in processes] == [None, None]
    assert all(process.returncode is not None for process in processes)
