"""`attention-mesh synthesize`, `label` and `train`: data for a network, and the network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

Debug = Annotated[bool, typer.Option("--debug", help="Show Python's trace of an error.")]


@user_command
def synthesize(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for images/ and labels.npz.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Pictures in the folder, in the end.")],
    rig: Annotated[
        Path | None,
        typer.Option("--rig", help="What `pack-rig` made of an ICT-FaceKit. (default: built-in rig)"),
    ] = None,
    portraits: Annotated[
        Path | None, typer.Option("--portraits", help="Folder of photos whose skin the faces wear.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Landmarks of the portraits, of `attention-mesh label`.")
    ] = None,
    animated: Annotated[
        float, typer.Option(min=0, max=1, help="Share of pictures that are the portraits, animated.")
    ] = 0.0,
    size: Annotated[int, typer.Option("--size", min=64, max=2048, help="Side of the pictures, px.")] = 320,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything random.")] = 0,
    processes: Annotated[
        int, typer.Option("--processes", "-j", min=0, help="Processes that draw; 0: one a core.")
    ] = 0,
    debug: Debug = False,
) -> int:
    """Draw synthetic faces with exact landmarks. Goes on where an interrupted call stopped."""
    from attention_mesh.cli.job_progress import job_progress
    from attention_mesh.models.training.labelled_faces import LabelledFaces
    from attention_mesh.models.training.synthetic.load_rig import load_rig
    from attention_mesh.models.training.synthetic.portrait_skins import portrait_skins
    from attention_mesh.models.training.synthetic.synthesize import synthesize as draw

    if (portraits is None) != (labels is None):
        raise UsageError("--portraits and --labels go together: the photos, and what `label` wrote of them")
    if animated and portraits is None:
        raise UsageError("--animated needs --portraits, whose photos are to move")
    skins: list[bytes] = []
    photos = LabelledFaces(portraits, labels) if portraits and labels else None
    if photos and animated < 1:
        with job_progress("skins", len(photos)) as update:
            skins = portrait_skins(load_rig(rig), photos.folder, photos.labels, update)
    with job_progress("faces", count) as update:
        workers = processes or os.cpu_count() or 1
        made = draw(output, count, rig, skins, size, seed, workers, photos, animated, update)
    typer.echo(f"{output}: {len(made.names)} pictures, {int(made.presence.sum())} with a face")
    return EXIT_OK


@user_command
def pack_rig(
    objs: Annotated[Path, typer.Argument(metavar="FaceXModel", help="The OBJ files of an ICT-FaceKit.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for `synthesize --rig`.")],
    debug: Debug = False,
) -> int:
    """Make a rig for `synthesize` out of an ICT-FaceKit, and find the 478 landmarks on it."""
    from attention_mesh.cli.job_progress import job_progress
    from attention_mesh.models.training.synthetic.ict_facekit import pack_ict_facekit
    from attention_mesh.models.training.synthetic.official_network import OfficialNetwork

    with job_progress("percent", 100) as update:
        find = OfficialNetwork().landmarks
        pack_ict_facekit(objs, output, find, progress=lambda share: update(round(100 * share)))
    typer.echo(f"{output}: the rig, for `attention-mesh synthesize --rig {output}`")
    return EXIT_OK


@user_command
def label(
    photos: Annotated[Path, typer.Argument(metavar="PHOTOS", help="Folder of photos.")],
    output: Annotated[Path, typer.Argument(metavar="OUT.npz", help="Labels, as `train` reads them.")],
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Doubt a face below this presence.")] = 0.9,
    min_width: Annotated[float, typer.Option(min=0, help="Doubt a face narrower than this, px.")] = 80.0,
    debug: Debug = False,
) -> int:
    """Label photos with the official weights, so that a network can learn from them."""
    from attention_mesh.cli.job_progress import job_progress
    from attention_mesh.cli.photo_labels import LabelLimits, label_photos
    from attention_mesh.media.image_folder_source import ImageFolderSource

    with ImageFolderSource(photos) as source:
        with job_progress("photos", source.length) as update:
            limits = LabelLimits(score=min_score, width_px=min_width)
            labels, doubts = label_photos(source, limits, update)
        failures = source.failures
    for failure in failures:
        report(failure, "warning")
    for name, reason in doubts.items():
        report(f"{name}: {reason}", "doubtful")
    labels.write(output)
    typer.echo(f"{output}: {len(labels.names)} photos labelled, {len(doubts)} of them doubtful (weight 0)")
    return EXIT_FAILED if failures else EXIT_OK


@user_command
def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="What is trained on what, how long.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for network, log and checkpoint.")],
    all_devices: Annotated[
        bool, typer.Option("--all-devices", help="Split every batch between all GPUs (JAX).")
    ] = False,
    debug: Debug = False,
) -> int:
    """Train a network. Goes on from the folder's checkpoint, where there is one."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # before TensorFlow greets
    from attention_mesh.cli.job_progress import job_progress
    from attention_mesh.models.training.config import TrainingConfig
    from attention_mesh.models.training.data_parallel import train_on_all_devices
    from attention_mesh.models.training.train import train as run

    settings = TrainingConfig.read(config)
    if all_devices:
        typer.echo(f"each batch is split between {train_on_all_devices(settings.batch_size)} devices")
    with job_progress("steps", settings.steps) as update:

        def progress(step: int, losses: dict[str, float]) -> None:
            update(step, f"loss {losses['loss']:.2f}" if "loss" in losses else None)

        run(settings, output, config.parent, progress)
    typer.echo(f"{output / 'network.keras'}: the network; {output / 'log.csv'}: how it got there")
    return EXIT_OK
