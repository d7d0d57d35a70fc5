"""`attention-mesh demo`: the whole of it on a real face, with nothing to prepare."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.astronaut_photo import astronaut_photo
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, error_text, report, user_command

if TYPE_CHECKING:
    import numpy as np

# Where the face is in the photo, as fractions of its width and height, and how large to show it.
_FACE = (0.43, 0.25)
_ZOOM = 1.8
_TIMED_FRAMES = 90
_WARM_UP_FRAMES = 10


@user_command
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")] = Path("out"),
    seconds: Annotated[float, typer.Option(min=1, help="Length of the video.")] = 8.0,
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's trace of an error.")] = False,
) -> int:
    """Annotate a photo of an astronaut, and a video of it before a moving camera; tell the speed."""
    from attention_mesh.media.image_file import write_image
    from attention_mesh.media.image_file_sink import ImageFileSink
    from attention_mesh.media.image_folder_source import ImageFolderSource
    from attention_mesh.media.video_file_sink import VideoFileSink
    from attention_mesh.media.virtual_camera_source import VirtualCameraSource
    from attention_mesh.models.weights import MODELS, model_path

    photo = astronaut_photo()
    output.mkdir(parents=True, exist_ok=True)
    typer.echo("==> The official weights (fetched once, then cached)")
    for name in MODELS:
        model_path(name)
    typer.echo("==> A photo")
    photo_file, picture, video = (output / name for name in ("photo.png", "astronaut.png", "astronaut.mp4"))
    write_image(photo_file, photo)
    succeeded = _run(ImageFolderSource(photo_file), ImageFileSink(picture))
    typer.echo("==> The photo before a moving camera, as a 720p video")
    camera = VirtualCameraSource(photo, duration_s=seconds, focus=_FACE, zoom=_ZOOM)
    start = time.perf_counter()
    succeeded &= _run(camera, VideoFileSink(video, camera.fps))
    rate = camera.length / (time.perf_counter() - start)
    if not succeeded:
        return EXIT_FAILED
    typer.echo("==> How fast")
    milliseconds = frame_times_ms([camera.image(i) for i in range(min(camera.length, _TIMED_FRAMES))])
    typer.echo(
        f"  {statistics.median(milliseconds[_WARM_UP_FRAMES:]):.1f} ms a frame from the 720p picture to the "
        f"smoothed landmarks (median of {len(milliseconds) - _WARM_UP_FRAMES} frames)\n"
        f"  {rate:.0f} frames a second with making the frames, drawing and writing the video\n"
        f"==> Done: {picture} and {video}"
    )
    return EXIT_OK


def frame_times_ms(frames: list[np.ndarray]) -> list[float]:
    """What `FaceLandmarker` in video mode takes for each of `frames`, (H, W, 3) uint8 RGB, at 30 a second."""
    from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions
    from attention_mesh.python_bindings.landmarker.running_mode import RunningMode

    times = []
    with FaceLandmarker(FaceLandmarkerOptions(running_mode=RunningMode.VIDEO)) as landmarker:
        for index, frame in enumerate(frames):
            start = time.perf_counter()
            landmarker.detect_for_video(frame, index * 1000 // 30)
            times.append((time.perf_counter() - start) * 1e3)
    return times


def _run(source, sink) -> bool:
    """Runs the face mesh with its drawing from `source` to `sink`; whether all went well."""
    from attention_mesh.cli.run.graph_choice import choose_graph
    from attention_mesh.cli.run.run_job import RunJob

    choice = choose_graph(None, still=source.still, live=False, wanted={"image"}, given={})
    with source:
        outcome = RunJob(source, choice.graph, choice.ports, choice.side_packets, [sink]).run()
    for failure in [*source.failures, *map(error_text, outcome.errors)]:
        report(failure)
    if outcome.interrupted:
        raise KeyboardInterrupt
    return not outcome.errors and not source.failures
