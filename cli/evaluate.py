"""`attention-mesh evaluate`: how exact networks are on photos, and how fast they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.machine_line import machine_line
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

app = typer.Typer(
    help="Measure networks: on photos, and as the paper's Tables 1 and 2 do.", no_args_is_help=True
)

Page = Annotated[
    Path | None, typer.Option("--page", help="A Markdown page whose section of this name gets the result.")
]
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
    from attention_mesh.cli.job_progress import job_progress
    from attention_mesh.cli.photo_errors import photo_errors
    from attention_mesh.media.image_folder_source import ImageFolderSource
    from attention_mesh.models.training.label_file import LabelFile
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

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
    preset: Annotated[str, typer.Option(help="released, paper or official, MediaPipe's files.")] = "released",
    threads: Annotated[int, typer.Option(min=1, help="Of the CPU.")] = 1,
    gpu: Annotated[bool, typer.Option("--gpu", help="Time on the GPU.")] = False,
    page: Page = None,
    debug: Debug = False,
) -> int:
    """Time the networks of the cascade and the attention mesh on this machine, beside the paper's Table 1."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow greets
    from attention_mesh.models.evaluation.latency import latencies, table1_networks
    from attention_mesh.models.evaluation.markdown import table1_markdown
    from attention_mesh.models.evaluation.network_runs import cpu_run, gpu_run

    flavor = "gpu" if gpu else "cpu"
    files = table1_networks(preset, flavor)
    runs = {name: gpu_run(file) if gpu else cpu_run(file, threads) for name, file in files.items()}
    on = "its GPU" if gpu else f"{threads} of them used"
    text = f"{machine_line()}, {on}; LiteRT.\n\n{table1_markdown(latencies(runs))}"
    _show(text, page, f"table 1, {preset}, GPU" if gpu else f"table 1, {preset}")
    return EXIT_OK


@app.command()
@user_command
def table2(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="What is trained, and tested on what.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the trained networks.")],
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Trainings at a time.")] = 1,
    page: Page = None,
    debug: Debug = False,
) -> int:
    """Train mesh, cascade and attention mesh from several seeds; print errors beside the paper's Table 2.

    Goes on where an interrupted call stopped. With --page also a picture of faces, beside the page.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from attention_mesh.cli.job_progress import job_progress
    from attention_mesh.media.image_file import write_image
    from attention_mesh.models.evaluation.study import VARIANTS, Study
    from attention_mesh.models.evaluation.train_study import train_study

    read = Study.read(study)
    with job_progress("steps of training", len(read.runs()) * read.training.steps) as update:
        train_study(study, output, jobs, update)
    # Only now: Keras in this process takes memory that the trainings can use.
    from attention_mesh.models.evaluation.markdown import table2_markdown
    from attention_mesh.models.evaluation.table2 import study_picture
    from attention_mesh.models.evaluation.table2 import table2 as measure

    with job_progress("networks measured", len(read.seeds) * len(VARIANTS)) as update:
        table = table2_markdown(measure(read, study.parent, output, update))
    if page is not None:
        picture = study_picture(read, study.parent, output)
        if picture is not None:
            file = page.with_name(f"{page.stem}_faces.jpg")
            write_image(file, picture)
            table += f"\n\n![Faces with the contours that each network finds]({file.name})"
    _show(table, page, "table 2")
    return EXIT_OK


def _show(text: str, page: Path | None, section: str) -> None:
    """Prints it, and puts it into the page."""
    from attention_mesh.models.evaluation.report_section import write_section

    typer.echo(text)
    if page is not None:
        write_section(page, section, text)
