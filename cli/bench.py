"""`attention-mesh bench`: how fast the face mesh is on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.machine import machine_description
from attention_mesh.cli.options import THREADS_HELP, Calculators, Debug, Detector, GraphPath, SidePacket
from attention_mesh.cli.user_command import EXIT_OK, user_command

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from attention_mesh.cli.run.graph_choice import GraphChoice
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
    graph: Annotated[
        Path | None, typer.Option(help="Graph to measure in place of the face mesh, text or binary.")
    ] = None,
    graph_path: GraphPath = None,
    calculators: Calculators = None,
    side_packet: SidePacket = None,
    trace: Annotated[
        Path | None, typer.Option(help="File for a Chrome trace of every node of --graph.")
    ] = None,
    debug: Debug = False,
) -> int:
    """Measure the face mesh in video mode: frames per second, milliseconds per frame, and each node's share.

    Frames are decoded before the clock starts. They go through the graph one at a time, on one thread apart
    from the networks' own. With --graph, the same is measured of another graph.
    """
    from rich.console import Console

    from attention_mesh.cli.speed_measurement import load_clip, measure_graph, measure_speed
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
        FaceLandmarkerOptions,
        RunningMode,
    )

    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO, num_faces=num_faces, detector=detector, num_threads=threads
    )
    if graph is not None:
        choose = _graph_chooser(graph, graph_path, calculators, options, side_packet or [])
        clip = load_clip(source_name, frames)
        _print_report(Console(), measure_graph(clip, choose, frames, trace), options)
        return EXIT_OK
    for flag, value in (
        ("--graph-path", graph_path),
        ("--calculators", calculators),
        ("--side-packet", side_packet),
        ("--trace", trace),
    ):
        if value:
            raise UsageError(f"{flag} belongs to --graph")
    clip = load_clip(source_name, frames)
    _print_report(Console(), measure_speed(clip, options, frames), options)
    return EXIT_OK


def _graph_chooser(
    graph: Path,
    graph_path: list[Path] | None,
    calculators: list[Path] | None,
    options: FaceLandmarkerOptions,
    entries: list[str],
) -> Callable[[bool, bool], GraphChoice]:
    """Checks a graph of the user's; gives a function that makes it ready to run."""
    from attention_mesh.cli.run.graph_choice import choose_graph, load_user_graph

    own = load_user_graph(graph, graph_path or [], calculators or [])
    if not own.inputs:
        raise UsageError("--graph: it has no input stream for frames, it reads its file itself")
    given = {"num_faces": options.num_faces, "detector": options.detector, "num_threads": options.num_threads}
    defaults = {"num_faces": 1, "detector": "auto", "num_threads": 0}

    def choose(profile: bool, trace: bool) -> GraphChoice:
        choice = choose_graph(
            own,
            still=False,
            live=True,
            wanted=set(),
            given={name: value for name, value in given.items() if value != defaults[name]},
            entries=entries,
            trace=trace,
            profile=profile,
        )
        if choice.ports.is_encoded:
            raise UsageError("--graph: it takes files of photos, and the benchmark has frames")
        return choice

    choose(False, False)
    return choose


def _print_report(console: Console, measured: SpeedMeasurement, options: FaceLandmarkerOptions) -> None:
    """Prints machine, versions, speed and the per-node table."""
    import importlib.metadata

    import numpy as np

    import attention_mesh
    from attention_mesh.framework import profile_table

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
    found = (
        f"faces in the median frame {int(np.median(measured.faces))}, network threads {threads}"
        if len(measured.faces)
        else "packets: " + (", ".join(f"{name} {n}" for name, n in measured.packets.items()) or "none")
    )
    console.print(
        f"{measured.clip.name}: {width}x{height}, {len(measured.frame_ms)} frames, {found}", soft_wrap=True
    )
    console.print(_speed_table(measured))
    console.print("nodes, by total time (profiler on)")
    console.print(profile_table(measured.nodes), soft_wrap=True, highlight=False)


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
