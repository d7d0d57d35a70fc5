"""`attention-mesh bench`: how fast the face mesh is on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from attention_mesh.cli.user_command import EXIT_OK, user_command


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
    threads: Annotated[int, typer.Option(min=0, help="Threads of the networks, 0: automatic.")] = 0,
    num_faces: Annotated[int, typer.Option(min=1, help="At most so many faces.")] = 1,
    detector: Annotated[str, typer.Option(help="auto, short or full.")] = "auto",
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's trace of an error.")] = False,
) -> int:
    """Measure the face mesh in video mode: frames a second, milliseconds a frame, and where they go.

    Frames are decoded before the clock starts and go through the graph one at a time, on one thread apart
    from the networks' own.
    """
    from rich.console import Console

    from attention_mesh.cli.bench_report import print_report
    from attention_mesh.cli.speed_measurement import load_clip, measure_speed
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions
    from attention_mesh.python_bindings.landmarker.running_mode import RunningMode

    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO, num_faces=num_faces, detector=detector, num_threads=threads
    )
    clip = load_clip(source_name, frames)
    print_report(Console(), measure_speed(clip, options, frames), options)
    return EXIT_OK
