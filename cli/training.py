"""`attention-mesh synthesize`, `pack-rig` and `train`: data for a network, and the network."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_OK, user_command

_INIT = Path("init")


@user_command
def synthesize(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for images/ and labels.npz.")],
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, help="Number of pictures that the folder holds at the end.")
    ],
    rig: Annotated[
        Path | None,
        typer.Option(
            "--rig", help="Folder that `pack-rig` made of an ICT-FaceKit. (default: the built-in rig)"
        ),
    ] = None,
    portraits: Annotated[
        Path | None,
        typer.Option("--portraits", help="Folder of photos; the synthetic faces get their skin."),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Landmarks of the portraits, from `attention-mesh label`.")
    ] = None,
    animated: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Fraction of the pictures that are animated portraits, not drawn faces."
        ),
    ] = 0.0,
    size: Annotated[
        int, typer.Option("--size", min=64, max=2048, help="Side length of the pictures, in pixels.")
    ] = 320,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Seed; the same seed gives the same pictures.")
    ] = 0,
    processes: Annotated[
        int,
        typer.Option("--processes", "-j", min=0, help="Processes that draw. 0: one per CPU core."),
    ] = 0,
    debug: Debug = False,
) -> int:
    """Draw synthetic faces with exact landmarks. A repeated call continues an interrupted one."""
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.models.training.labeled_faces import LabeledFaces
    from attention_mesh.models.training.synthetic.ict_facekit import load_rig
    from attention_mesh.models.training.synthetic.skin_atlas import portrait_skins
    from attention_mesh.models.training.synthetic.synthesize import synthesize as draw

    if (portraits is None) != (labels is None):
        raise UsageError("--portraits and --labels go together: the photos, and what `label` wrote for them")
    if animated and portraits is None:
        raise UsageError("--animated needs --portraits: the photos that are moved")
    skins: list[bytes] = []
    photos = LabeledFaces(portraits, labels) if portraits and labels else None
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
    objs: Annotated[Path, typer.Argument(metavar="FaceXModel", help="Folder of an ICT-FaceKit's OBJ files.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for `synthesize --rig`.")],
    debug: Debug = False,
) -> int:
    """Make a rig for `synthesize` out of an ICT-FaceKit, and find the 478 landmarks on it."""
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.models.training.synthetic.ict_facekit import pack_ict_facekit
    from attention_mesh.models.training.synthetic.landmark_embedding import OfficialNetwork

    with job_progress("percent", 100) as update:
        find = OfficialNetwork().landmarks
        pack_ict_facekit(objs, output, find, progress=lambda share: update(round(100 * share)))
    typer.echo(f"{output}: the rig, for `attention-mesh synthesize --rig {output}`")
    return EXIT_OK


@user_command
def train(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG.toml",
            help="Network, data, losses and length of the training; or `init`, which writes such a file with "
            "comments into the folder OUT.",
        ),
    ],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for network, log and checkpoint.")],
    all_devices: Annotated[
        bool, typer.Option("--all-devices", help="Split every batch over all GPUs. Needs Keras on JAX.")
    ] = False,
    debug: Debug = False,
) -> int:
    """Train a network. If the folder holds a checkpoint, the training continues from it.

    `attention-mesh train init DIR` writes a config to begin with, DIR/run.toml.
    """
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.models.training.check_run import check_run
    from attention_mesh.models.training.config import TrainingConfig
    from attention_mesh.models.training.run_folder import NETWORK, is_finished

    if config == _INIT:
        return _write_config(output)
    settings = TrainingConfig.read(config)
    check_run(settings, output, config.parent)
    if is_finished(output):
        typer.echo(f"{output / NETWORK}: this training has ended before, so nothing changes")
        _print_results(output)
        return EXIT_OK
    # Its import raises if Keras is missing, which neither a config nor a look at it needs.
    from attention_mesh.models.keras_backend import import_keras

    with job_progress("steps", settings.steps) as update:
        update.say("loading Keras")
        import_keras()
        from attention_mesh.models.training.train import train as run
        from attention_mesh.models.training.train import use_all_devices

        if all_devices:
            update.say(f"each batch is split over {use_all_devices(settings.batch_size)} devices")

        def progress(step: int, figures: dict[str, float]) -> None:
            update(step, f"loss {figures['loss']:.2f}" if "loss" in figures else None)
            if "error_all" in figures:
                errors = ", ".join(
                    f"{name} {figures[f'error_{name}']:.2f}" for name in ("all", "lips", "eyes")
                )
                update.say(f"step {step}: errors on held-out pictures, %: {errors}")

        run(settings, output, config.parent, progress, update.say)
    typer.echo(f"{output / NETWORK}: the network")
    _print_results(output)
    return EXIT_OK


def _write_config(folder: Path) -> int:
    from attention_mesh.models.training.config import FIRST_RUN

    file = folder / "run.toml"
    if file.exists():
        raise UsageError(f"{file} exists; choose another folder, or delete it")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(FIRST_RUN.read_bytes())
    faces, out = shlex.quote(str(folder / "faces")), shlex.quote(str(folder / "out"))
    typer.echo(f"{file}: a config; edit it, or go on with:")
    typer.echo(f"  attention-mesh synthesize {faces} --count 1000")
    typer.echo(f"  attention-mesh train {shlex.quote(str(file))} {out}")
    return EXIT_OK


def _print_results(folder: Path) -> None:
    """The errors and the further files of a training that has ended."""
    from attention_mesh.extras import install_command
    from attention_mesh.models.training.run_folder import CURVES, FACES, LOG
    from attention_mesh.models.training.training_log import TrainingLog
    from attention_mesh.models.training.training_summary import training_summary

    summary = training_summary(TrainingLog(folder / LOG).rows())
    typer.echo(f"{folder / LOG}: its losses and errors, step by step")
    if (folder / CURVES).exists():
        typer.echo(f"{folder / CURVES}: the same as curves")
    else:
        typer.echo(f"no curves: they need Matplotlib: {install_command('plot')}")
    if summary is None:
        typer.echo("no errors were measured: `held_out = 0.1` in a [[data]] holds pictures out for that")
        return
    typer.echo(f"{folder / FACES}: held-out faces, the best and the worst, with labels and predictions")
    typer.echo(f"\n{summary}")
