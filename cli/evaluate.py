"""`attention-mesh evaluate`: how exact networks are on photos, and how fast they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.machine import machine_description
from attention_mesh.cli.options import Debug, Detector
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

if TYPE_CHECKING:
    from attention_mesh.media.frame import Frame
    from attention_mesh.models.evaluation.landmark_errors import Errors
    from attention_mesh.models.training.label_file import LabelFile
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

_MOST_FACES = 8  # in a photo, of which the one nearest to the known landmarks counts
# If a face is farther from the known landmarks than this fraction of the eyes' distance, it is another face.
_SAME_FACE = 0.5

app = typer.Typer(
    help="Measure networks: on photos, and as Tables 1 and 2 of the Attention Mesh paper do.",
    no_args_is_help=True,
)

Page = Annotated[
    Path | None, typer.Option("--page", help="Markdown page that gets the table, between its marks for it.")
]


@app.command(short_help="Compare landmarks with known ones on photos.")
@user_command
def photos(
    folder: Annotated[Path, typer.Argument(metavar="PHOTOS", help="Folder of photos.")],
    labels: Annotated[
        Path,
        typer.Argument(metavar="LABELS.npz", help="Their landmarks: from `label`, or a 68-point annotation."),
    ],
    weights: Annotated[
        list[str] | None,
        typer.Option(
            "--weights",
            "-w",
            help="official, open or a .tflite file. Repeatable. (default: official and open)",
        ),
    ] = None,
    passes: Annotated[
        str,
        typer.Option(help="How often the mesh network measures each face: 1, 2 or best, which is ten times."),
    ] = "1",
    detector: Detector = "auto",
    debug: Debug = False,
) -> int:
    """Compare landmarks with known ones on photos: mean errors in percent of the paper's distances."""
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.media.image_folder_source import ImageFolderSource
    from attention_mesh.models.training.label_file import LabelFile
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

    known = LabelFile.read(labels)
    typer.echo(f"{'weights':24}  {'found':>7}  {'lost':>5}  {'all %':>6}  {'lips %':>6}  {'eyes %':>6}")
    failed = False
    for name in weights or ["official", "open"]:
        options = FaceLandmarkerOptions(
            num_faces=_MOST_FACES,
            weights=name,
            refine_passes=int(passes) if passes.isdecimal() else passes,  # type: ignore[arg-type]  # checked
            detector=detector,
        )
        with ImageFolderSource(folder) as source, job_progress(name, source.length) as update:
            accuracy = landmark_accuracy(source, known, options, update)
            for failure in source.failures:
                report(failure, "warning")
            failed |= bool(source.failures)
        mean = accuracy.mean()
        typer.echo(
            f"{name:24}  {len(accuracy.found):7}  {len(accuracy.lost):5}  {mean.all:6.2f}  {mean.lips:6.2f}  "
            f"{mean.eyes:6.2f}"
        )
    return EXIT_FAILED if failed else EXIT_OK


@dataclass(frozen=True)
class LandmarkAccuracy:
    """How exact the landmarks are on photos.

    Attributes:
      found: errors, in percent, by the name of the photo.
      lost: names of the photos in which the known face was not found.
    """

    found: dict[str, Errors]
    lost: list[str]

    def mean(self) -> Errors:
        """Means over the photos in `found`; NaN if there are none."""
        from attention_mesh.models.evaluation.landmark_errors import mean_errors

        return mean_errors(list(self.found.values()))


def landmark_accuracy(
    photos: Iterable[Frame],
    labels: LabelFile,
    options: FaceLandmarkerOptions,
    progress: Callable[[int], object] = lambda done: None,
) -> LandmarkAccuracy:
    """Measures the whole pipeline, from the detector to the landmarks, on photos whose landmarks are known.

    A photo without a label is skipped, and so is one whose label lacks points of the 68-point annotation.

    Args:
      photos: frames, named as in the labels.
      labels: the known landmarks.
      options: of the FaceLandmarker that is measured.
      progress: called with the number of photos done.
    """
    import numpy as np

    from attention_mesh.models.evaluation.landmark_errors import known_errors
    from attention_mesh.models.topology.landmark_groups import interocular_distance, landmarks_68
    from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker

    annotated = landmarks_68()
    needed = annotated[annotated >= 0]
    known = dict(zip(labels.names, labels.landmarks, strict=True))
    found: dict[str, Errors] = {}
    lost: list[str] = []
    with FaceLandmarker(options) as landmarker:
        for done, photo in enumerate(photos, 1):
            progress(done)
            truth = known.get(photo.name)
            if truth is None or not (is_known := np.isfinite(truth[:, :2]).all(1))[needed].all():
                continue
            faces = landmarker.detect(photo.image).landmarks_px
            away = np.linalg.norm(faces[:, is_known, :2] - truth[is_known, :2], axis=2).mean(1)
            if not len(faces) or away.min() > _SAME_FACE * interocular_distance(truth[:, :2]):
                lost.append(photo.name)
                continue
            errors = known_errors(faces[int(away.argmin())], truth)
            if errors is not None:
                found[photo.name] = errors
    return LandmarkAccuracy(found, lost)


@app.command(short_help="Time the networks, as the paper's Table 1 does.")
@user_command
def table1(
    preset: Annotated[
        str, typer.Option(help="Networks to time: released, paper, or official (MediaPipe's files).")
    ] = "released",
    threads: Annotated[int, typer.Option(min=1, help="CPU threads of each network.")] = 1,
    gpu: Annotated[bool, typer.Option("--gpu", help="Time on the GPU instead of the CPU.")] = False,
    page: Page = None,
    debug: Debug = False,
) -> int:
    """Time the networks of the cascade and the attention mesh on this machine, beside the paper's Table 1."""
    from attention_mesh.models.errors import EvaluationError
    from attention_mesh.models.keras_backend import import_keras
    from attention_mesh.models.preset import Preset

    try:
        sizes = None if preset == "official" else Preset.named(preset)
    except ValueError as error:
        raise EvaluationError(f"{error}, or official for MediaPipe's own networks") from error
    import_keras()
    from attention_mesh.models.evaluation.latency import latencies, table1_markdown, table1_networks
    from attention_mesh.models.evaluation.network_runs import cpu_run, gpu_run

    files = table1_networks(sizes, "gpu" if gpu else "cpu")
    runs = {name: gpu_run(file) if gpu else cpu_run(file, threads) for name, file in files.items()}
    on = "its GPU" if gpu else f"{threads} of them used"
    text = f"{machine_description()}, {on}; LiteRT.\n\n{table1_markdown(latencies(runs))}"
    _show(text, page, f"table 1, {preset}, GPU" if gpu else f"table 1, {preset}")
    return EXIT_OK


@app.command(short_help="Train and compare networks, as the paper's Table 2 does.")
@user_command
def table2(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY.toml", help="Trainings to run and data to test them on.")
    ],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the trained networks.")],
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Trainings at the same time.")] = 1,
    page: Page = None,
    debug: Debug = False,
) -> int:
    """Train mesh, cascade and attention mesh from several seeds; print errors beside the paper's Table 2.

    A call that was interrupted can be repeated: it continues where it stopped. With --page, a picture of
    faces is written beside the page.
    """
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.media.image_file import write_image
    from attention_mesh.models.evaluation.check_study import check_study
    from attention_mesh.models.evaluation.study import VARIANTS, Study
    from attention_mesh.models.keras_backend import import_keras

    read = Study.read(study)
    check_study(read, output, study.parent)
    import_keras()
    from attention_mesh.models.evaluation.study_picture import study_picture
    from attention_mesh.models.evaluation.table2 import table2 as measure
    from attention_mesh.models.evaluation.table2 import table2_markdown
    from attention_mesh.models.evaluation.train_study import train_study

    with job_progress("steps of training", len(read.runs()) * read.training.steps) as update:
        train_study(study, output, jobs, update)

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
    """Prints the text and, if there is a page, replaces the section in it."""
    from attention_mesh.models.evaluation.markdown import write_section

    typer.echo(text)
    if page is not None:
        write_section(page, section, text)
