"""`attention-mesh demo`: a photo, a video and the speed, on a real face that comes with a package."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import Debug
from attention_mesh.cli.stop_signals import Stopped
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, error_text, report, user_command
from attention_mesh.extras import install_command

if TYPE_CHECKING:
    import numpy as np

    from attention_mesh.media.picture_sink import PictureSink
    from attention_mesh.media.video_source import VideoSource

_FACE = (0.43, 0.25)  # center of the face, as fractions of the photo's width and height
_FACE_PART = (30, 210, 120, 330)  # rows and columns of the photo
_CLOSE_UP = 4  # by which that part is enlarged, to 840x720 px
_ZOOM = 3.0  # of the moving camera: the face is 400 px high in the median frame
_LAYERS = "mesh,contours,irises"
_PORTRAIT_SECONDS = 4.0  # of the video in which the face moves
_TIMED_FRAMES = 90
_WARM_UP_FRAMES = 10


@user_command
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("out"),
    seconds: Annotated[float, typer.Option(min=1, help="Length of the video, in seconds.")] = 8.0,
    debug: Debug = False,
) -> int:
    """Draw the mesh on an astronaut's photo and video, move a puppet, try lipstick; print the speed."""
    from attention_mesh.media.image_file import write_image
    from attention_mesh.media.image_file_sink import ImageFileSink
    from attention_mesh.media.image_folder_source import ImageFolderSource
    from attention_mesh.media.video_file_sink import VideoFileSink
    from attention_mesh.media.virtual_camera_source import VirtualCameraSource
    from attention_mesh.models.weights import MODELS, model_path

    photo = astronaut_photo()
    if output.exists() and not output.is_dir():
        raise UsageError(f"--output {output}: this is a file; give a folder's name")
    output.mkdir(parents=True, exist_ok=True)
    typer.echo("==> The official weights (fetched once, then cached)")
    for name in MODELS:
        model_path(name)
    typer.echo("==> The mesh on a photo of a face")
    photo_file, picture, video = (output / name for name in ("photo.png", "astronaut.png", "astronaut.mp4"))
    close_up = _close_up(photo)
    write_image(photo_file, close_up)
    succeeded = _run(ImageFolderSource(photo_file), ImageFileSink(picture))
    typer.echo("==> A 720p video of the photo, with a moving camera")
    camera = VirtualCameraSource(photo, duration_s=seconds, focus=_FACE, zoom=_ZOOM)
    start = time.perf_counter()
    succeeded &= _run(camera, VideoFileSink(video, camera.fps))
    rate = camera.length / (time.perf_counter() - start)
    if not succeeded:
        return EXIT_FAILED
    typer.echo("==> A video of the photo's face moving, and a puppet beside it")
    portrait, puppet = output / "portrait.mp4", output / "puppet.mp4"
    succeeded = _write_portrait(photo, portrait, min(seconds, _PORTRAIT_SECONDS)) and _write_puppet(
        portrait, puppet
    )
    if not succeeded:
        return EXIT_FAILED
    typer.echo("==> The photo's face without and with lipstick")
    made_up = output / "makeup.png"
    if not _write_makeup(close_up, made_up):
        return EXIT_FAILED
    typer.echo("==> The speed")
    milliseconds = frame_times_ms([camera.image(i) for i in range(min(camera.length, _TIMED_FRAMES))])
    typer.echo(
        f"  {statistics.median(milliseconds[_WARM_UP_FRAMES:]):.1f} ms per frame from the 720p picture to "
        f"the smoothed landmarks (median of {len(milliseconds) - _WARM_UP_FRAMES} frames)\n"
        f"  {rate:.0f} frames per second with making the frames, drawing and writing the video\n"
        f"==> Done: {picture}, {video}, {puppet} and {made_up}"
    )
    return EXIT_OK


def astronaut_photo() -> np.ndarray:
    """NASA's portrait of Eileen Collins, a real face that the scikit-image wheel holds.

    Returns:
      (512, 512, 3) uint8 RGB.

    Raises:
      UsageError: scikit-image is not installed; the text names the extra.
    """
    try:
        import skimage.data
    except ImportError as error:
        raise UsageError(
            "the photo of an astronaut comes with scikit-image, which is not installed: "
            f"{install_command('demo')}"
        ) from error
    return skimage.data.astronaut()


def frame_times_ms(frames: list[np.ndarray]) -> list[float]:
    """Times of `FaceLandmarker` in video mode, in ms, for each of `frames`, (H, W, 3) uint8 RGB at 30 fps."""
    from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
        FaceLandmarkerOptions,
        RunningMode,
    )

    times = []
    with FaceLandmarker(FaceLandmarkerOptions(running_mode=RunningMode.VIDEO)) as landmarker:
        for index, frame in enumerate(frames):
            start = time.perf_counter()
            landmarker.detect_for_video(frame, index * 1000 // 30)
            times.append((time.perf_counter() - start) * 1e3)
    return times


def _write_portrait(photo: np.ndarray, path: Path, seconds: float) -> bool:
    """Writes the video of the photo's face moving; returns whether a face was found."""
    from attention_mesh.cli.demo_portrait import MovingPortraitSource
    from attention_mesh.media.video_file_sink import VideoFileSink
    from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker

    with FaceLandmarker() as landmarker:
        faces = landmarker.detect(photo).landmarks_px
    if len(faces) == 0:
        report("no face was found in the photo of the astronaut")
        return False
    source = MovingPortraitSource(photo, faces[0], duration_s=seconds)
    sink = VideoFileSink(path, source.fps)
    for frame in source:
        sink.write(frame)
    sink.close()
    return True


def _write_puppet(portrait: Path, puppet: Path) -> bool:
    """Does what ``attention-mesh puppet --input … --output … --layout side-by-side`` does."""
    from attention_mesh.cli.puppet.plan import PuppetOptions, plan_puppet
    from attention_mesh.cli.run.execute import execute_frames
    from attention_mesh.cli.run.plan import RunOptions
    from attention_mesh.cli.run.report import report_frames

    run = RunOptions(input=str(portrait), outputs=(str(puppet),))
    plan = plan_puppet(PuppetOptions(run=run, show=False, layout="side-by-side"))
    return report_frames(execute_frames(plan.frames), False) == EXIT_OK


def _close_up(photo: np.ndarray) -> np.ndarray:
    """The face of the photo, (720, 840, 3) uint8 RGB."""
    import cv2

    top, bottom, left, right = _FACE_PART
    face = photo[top:bottom, left:right]
    return cv2.resize(face, None, fx=_CLOSE_UP, fy=_CLOSE_UP, interpolation=cv2.INTER_CUBIC)


def _write_makeup(face: np.ndarray, path: Path) -> bool:
    """Writes the face before and after lipstick; returns whether a face was found."""
    import numpy as np

    from attention_mesh.media.image_file import write_image
    from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
    from attention_mesh.python_bindings.landmarker.makeup import Makeup

    with FaceLandmarker() as landmarker:
        faces = landmarker.detect(face).landmarks_px
    if len(faces) == 0:
        report("no face was found in the photo of the astronaut")
        return False
    write_image(path, np.hstack([face, Makeup("red_gloss").apply(face, faces)]))
    return True


def _run(source: VideoSource, sink: PictureSink) -> bool:
    """Runs the face mesh with its drawing from `source` to `sink`; returns whether all went well."""
    from attention_mesh.cli.outputs.record_sink import RecordedPictures
    from attention_mesh.cli.run.frame_run import FrameRun
    from attention_mesh.cli.run.graph_choice import choose_graph

    choice = choose_graph(None, still=source.still, live=False, wanted={"image"}, given={"layers": _LAYERS})
    with source:
        outcome = FrameRun(source, choice, [RecordedPictures(sink)]).run()
    for failure in [*outcome.skipped, *map(error_text, outcome.errors)]:
        report(failure)
    if outcome.interrupted:
        raise Stopped(outcome.interrupted)
    return not outcome.errors and not outcome.skipped
