"""`attention-mesh evaluate`: how exact networks are on photos, and how fast they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.python_bindings.cli.errors import EXIT_FAILED, EXIT_OK, report, user_command

app = typer.Typer(help="Measure networks: errors on photos, and the paper's Table 1.", no_args_is_help=True)

Debug = Annotated[bool, typer.Option("--debug", help="Show Python's trace of an error.")]


@app.command()
@user_command
def photos(
    folder: Annotated[Path, typer.Argument(metavar="PHOTOS", help="Folder of photos.")],
    labels: Annotated[Path, typer.Argument(help="Their landmarks, .npz: of `label`, or 68 points.")],
    weights: Annotated[
        list[str] | None, typer.Option("--weights", "-w", help="official, open or a .tflite; repeat it.")
    ] = None,
    passes: Annotated[int, typer.Option(min=1, max=2, help="How often a face is measured.")] = 1,
    detector: Annotated[str, typer.Option(help="auto, short or full.")] = "auto",
    debug: Debug = False,
) -> int:
    """Compare landmarks with known ones, photo by photo: means in percent of the paper's distances."""
    from attention_mesh.models.training.label_file import LabelFile
    from attention_mesh.python_bindings.cli.job_progress import job_progress
    from attention_mesh.python_bindings.face_landmarker_options import FaceLandmarkerOptions
    from attention_mesh.python_bindings.photo_errors import photo_errors
    from attention_mesh.python_bindings.video.image_folder_source import ImageFolderSource

    truth = LabelFile.read(labels)
    typer.echo(f"{'weights':24}  {'found':>7}  {'lost':>5}  {'all %':>6}  {'lips %':>6}  {'eyes %':>6}")
    failed = False
    for name in weights or ["official", "open"]:
        options = FaceLandmarkerOptions(num_faces=8, weights=name, refine_passes=passes, detector=detector)
        with ImageFolderSource(folder) as source, job_progress(name, source.length) as update:
            errors = photo_errors(source, truth, options, update)
            for failure in source.failures:
                report(failure, "warning")
            failed |= bool(source.failures)
        mean = errors.mean()
        typer.echo(
            f"{name:24}  {len(errors.found):7}  {len(errors.lost):5}  {mean.all:6.2f}  {mean.lips:6.2f}  "
            f"{mean.eyes:6.2f}"
        )
    return EXIT_FAILED if failed else EXIT_OK


@app.command()
@user_command
def table1(
    preset: Annotated[str, typer.Option(help="released or paper.")] = "released",
    threads: Annotated[int, typer.Option(min=1, help="Of the CPU.")] = 1,
    debug: Debug = False,
) -> int:
    """Time the networks of the cascade and the attention mesh on this CPU, beside the paper's Table 1."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow greets
    from attention_mesh.models.attention_mesh import Preset
    from attention_mesh.models.evaluation.latency import PAPER_MS, latencies, table1_networks

    measured = latencies(table1_networks(Preset.named(preset)), threads)
    typer.echo(f"{'network':16}  {'ms, median (quartiles)':24}  {'paper, ms':>9}")
    for name, paper in PAPER_MS.items():
        time = measured[name]
        spread = f"{time.median:.2f} ({time.lower:.2f}–{time.upper:.2f})"
        typer.echo(f"{name:16}  {spread:24}  {paper:9.2f}")
    ours, theirs = (
        1 - table["attention mesh"] / table["cascade"]
        for table in ({name: value.median for name, value in measured.items()}, PAPER_MS)
    )
    typer.echo(f"the attention mesh takes {ours:.0%} less time than the cascade (paper: {theirs:.0%})")
    return EXIT_OK
