"""A program that waits for the driver's compiler says so, once."""

from __future__ import annotations

import logging
import time

import pytest

from attention_mesh.webgpu.compile_notice import CompileNotice

LONG_S = 0.02


@pytest.mark.parametrize(
    ("made_s", "waits_s", "notices"),
    [
        ([0.0, 0.0], [10 * LONG_S], 1),
        ([2 * LONG_S], [], 1),
        ([2 * LONG_S, 2 * LONG_S], [10 * LONG_S], 1),
        ([0.0], [0.0, 10 * LONG_S], 0),  # the second wait is for pipelines that have run
        ([], [10 * LONG_S], 0),
        ([0.0], [0.0], 0),
    ],
)
def test_a_long_wait_for_new_pipelines_is_told_once(
    made_s: list[float], waits_s: list[float], notices: int, caplog: pytest.LogCaptureFixture
) -> None:
    notice = CompileNotice("an adapter", LONG_S)
    with caplog.at_level(logging.WARNING):
        for seconds in made_s:
            notice.made_pipeline(seconds)
        for seconds in waits_s:
            with notice:
                time.sleep(seconds)
        time.sleep(2 * LONG_S)  # a timer that was not stopped would tell now
    assert notice.is_told == bool(notices)
    assert len(caplog.records) == notices
    assert all("an adapter compiles shaders" in record.getMessage() for record in caplog.records)
