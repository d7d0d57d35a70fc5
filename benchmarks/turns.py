"""Turns: contenders in processes of their own take turns at a clip, so that all meet the same machine."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clips import Clip
from peer_process import Contender, PeerProcess
from spread import spread

# Chunks for warming up, in which the runtimes settle and tracks begin.
WARM_UP_CHUNKS = 1
# Frames at the start of a turn that do not count, because the caches went cold during the others' turns.
WARM_UP_FRAMES = 5


@dataclass
class Result:
    """The measurements of one contender on one clip."""

    chunks: list[float]  # ms per frame of each counted chunk
    faces: float  # mean number of faces found
    version: str


def measure(
    clip: Clip,
    contenders: list[Contender],
    peer_python: Path,
    chunk: int,
    of_chunk: Callable[[Sequence[float]], float] = statistics.median,
) -> dict[Contender, Result]:
    """Makes the contenders take turns at the clip, `chunk` frames each; `of_chunk` gives a turn's result.

    Every second round goes backward, because it matters by some percent who was before: what is left in the
    caches, and threads that still spin.
    """
    if clip.shape[0] - 1 < (WARM_UP_CHUNKS + 1) * chunk:
        raise SystemExit(f"{clip.label}: {clip.shape[0]} frames are too few for turns of {chunk} (--chunk)")
    processes = {
        contender: PeerProcess(contender, peer_python if contender.peer == "official" else sys.executable)
        for contender in contenders
    }
    times, faces = {c: [] for c in contenders}, {c: [] for c in contenders}
    try:
        for process in processes.values():
            open_clip(process, clip)
        for number, start in enumerate(range(1, clip.shape[0] - chunk + 1, chunk)):
            for contender, process in list(processes.items())[:: 1 if number % 2 else -1]:
                answer = process.ask("run", start=start, stop=start + chunk)
                if number >= WARM_UP_CHUNKS:
                    times[contender].append(of_chunk(answer["ms"][WARM_UP_FRAMES:]))
                    faces[contender] += answer["faces"]
        return {
            contender: Result(
                times[contender], statistics.mean(faces[contender]), process.ask("info")["version"]
            )
            for contender, process in processes.items()
        }
    finally:
        for process in processes.values():
            process.close()


def open_clip(process: PeerProcess, clip: Clip) -> dict[str, Any]:
    return process.ask(
        "open",
        video=clip.path,
        shape=clip.shape[1:],
        num_faces=clip.num_faces,
        num_threads=process.contender.num_threads,
    )


def ratio(slow: Result, fast: Result) -> str:
    """The ratio of two contenders' times, from chunks that ran next to each other."""
    return spread([a / b for a, b in zip(slow.chunks, fast.chunks, strict=True)])
