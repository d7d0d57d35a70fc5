"""`attention-mesh bench`: how fast the face mesh is on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.machine import machine_description
from attention_mesh.cli.options import THREADS_HELP, Debug, Detector
from attention_mesh.cli.user_command import EXIT_OK, user_command

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from attention_mesh.cli.speed_measurement import SpeedMeasurement
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

_WIDTH = 120  # columns, if the output is no terminal


@user_command
def bench(
    source_name: Annotated[
        str | None,
        typer.Option(
            "--input",
            "-i",
            help="Video, or a photo that a virtual camera films. (default: scikit-image's astronaut)",
        ),
    ] = None,
    frames: Annotated[int, typer.Option(min=10, help="Frames to measure, after 10 to warm up.")] = 300,
    threads: Annotated[int, typer.Option(min=0, help=THREADS_HELP)] = 0,
    num_faces: Annotated[int, typer.Option(min=1, help="Largest number of faces to find.")] = 1,
    detector: Detector = "auto",
    debug: Debug = False,
) -> int:
    """Measure the face mesh in video mode: frames per second, milliseconds per frame, and each node's share.

    Frames are decoded before the clock starts. They go through the graph one at a time, on one thread apart
    from the networks' own.
    """
    from rich.console import Console

    from attention_mesh.cli.speed_measurement import load_clip, measure_speed
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
        FaceLandmarkerOptions,
        RunningMode,
    )

    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO, num_faces=num_faces, detector=detector, num_threads=threads
    )
    clip = load_clip(source_name, frames)
    _print_report(Console(), measure_speed(clip, options, frames), options)
    return EXIT_OK


def _print_report(console: Console, measured: SpeedMeasurement, options: FaceLandmarkerOptions) -> None:
    """Prints machine, versions, speed and the per-node table."""
    import importlib.metadata

    import numpy as np

    import attention_mesh

    if not console.is_terminal:
        console.width = _WIDTH
    versions = ", ".join(
        [
            f"attention-mesh {attention_mesh.__version__}",  # which may run from its folder, not installed
            *(f"{name} {importlib.metadata.version(name)}" for name in ("ai-edge-litert", "numpy")),
        ]
    )
    console.print(f"{machine_description()}; {versions}", soft_wrap=True)
    height, width = measured.clip.images[0].shape[:2]
    threads = options.num_threads or "automatic"
    console.print(
        f"{measured.clip.name}: {width}x{height}, {len(measured.frame_ms)} frames, "
        f"faces in the median frame {int(np.median(measured.faces))}, network threads {threads}",
        soft_wrap=True,
    )
    console.print(_speed_table(measured))
    console.print(_node_table(measured))


def _speed_table(measured: SpeedMeasurement) -> Table:
    import numpy as np
    from rich.table import Table

    table = Table(box=None)
    for name in ("", "median ms", "p95 ms", "fps"):
        table.add_column(name, justify="right" if name else "left")
    rows = [("whole frame", measured.frame_ms)]
    if len(measured.network_ms):
        rows.append(("mesh network alone", measured.network_ms))
    for name, times in rows:
        median, p95 = np.median(times), np.percentile(times, 95)
        table.add_row(name, f"{median:.2f}", f"{p95:.2f}", f"{1e3 / median:.0f}")
    if len(measured.network_ms):
        ratio = np.median(measured.frame_ms) / np.median(measured.network_ms)
        table.add_row("whole / network", f"{ratio:.2f}", "", "")
    table.add_row("first frame, with loading", f"{measured.first_frame_ms:.0f}", "", "")
    return table


def _node_table(measured: SpeedMeasurement) -> Table:
    from rich.table import Table

    table = Table(box=None, title="nodes, by total time (profiler on)", title_justify="left")
    for name in ("node", "calls", "median µs", "p95 µs", "total ms", "share"):
        table.add_column(name, justify="left" if name == "node" else "right")
    total = sum(node.total_ms for node in measured.nodes) or 1.0
    ran = [node for node in measured.nodes if node.count]
    for node in sorted(ran, key=lambda node: -node.total_ms):
        table.add_row(
            node.name,
            str(node.count),
            f"{node.median_us:.1f}",
            f"{node.p95_us:.1f}",
            f"{node.total_ms:.1f}",
            f"{node.total_ms / total:.1%}",
        )
    return table
