"""Median and spread of the benchmark reports."""

from __future__ import annotations

from attention_mesh.benchmarks.spread import spread


def test_spread_gives_the_median_and_the_quartiles() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 10.0]) == "3.00 (2.00–4.00)"
    assert spread([3.14159], digits=1) == "3.1"
