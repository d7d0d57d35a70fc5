"""The program `attention-mesh` and its commands. A command imports what it needs when it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from attention_mesh.cli import evaluate, graph, models
from attention_mesh.cli.aar.aar import aar
from attention_mesh.cli.bench import bench
from attention_mesh.cli.camera_options import cameras
from attention_mesh.cli.dataset import dataset
from attention_mesh.cli.demo import demo
from attention_mesh.cli.devices import devices
from attention_mesh.cli.export import export
from attention_mesh.cli.label import label
from attention_mesh.cli.makeup import makeup
from attention_mesh.cli.puppet.puppet import puppet
from attention_mesh.cli.run.run import run
from attention_mesh.cli.study import study
from attention_mesh.cli.train_blendshapes import train_blendshapes
from attention_mesh.cli.training import pack_rig, synthesize, train

app = typer.Typer(
    name="attention-mesh",
    no_args_is_help=True,
    rich_markup_mode=None,  # Rich's tables cut off the names of options
    pretty_exceptions_enable=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        import attention_mesh

        typer.echo(f"attention-mesh {attention_mesh.__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Attention Mesh: 478 3D face landmarks from cameras, videos and photos."""


_COMMANDS: tuple[
    tuple[Callable[..., int | None], str], ...
] = (  # in at most 55 letters, else click cuts them
    (run, "Face mesh, or a graph of yours, on a camera or files."),
    (puppet, "Move an avatar by the face of a camera or video."),
    (makeup, "Paint makeup on the faces of a camera, video or photo."),
    (bench, "Measure the face mesh: frames per second, ms per node."),
    (demo, "Annotate a photo and a video; print the speed."),
    (cameras, "List the cameras of this machine."),
    (devices, "List the GPUs of this machine, and what each supports."),
    (synthesize, "Draw synthetic faces with exact landmarks."),
    (label, "Label photos with the official weights, to train with."),
    (pack_rig, "Make a rig for synthesize out of an ICT-FaceKit."),
    (train, "Train a network, or continue a training."),
    (train_blendshapes, "Train the blend-shape network on faces of a rig."),
    (export, "Export a network: TFLite, ONNX, .task and others."),
    (aar, "Build the library for Android (AAR)."),
)
for _command, _summary in _COMMANDS:
    app.command(short_help=_summary)(_command)
app.add_typer(
    evaluate.app, name="evaluate", short_help="Measure networks: on photos, and the paper's tables."
)
app.add_typer(graph.app, name="graph", short_help="Show or check a graph without running it.")
app.add_typer(models.app, name="models", short_help="List, fetch, verify or save the official weights.")
app.add_typer(dataset.app, name="dataset", short_help="Measure many films and photos into one table.")
app.add_typer(study.app, name="study", short_help="Ask people whether makeup is real or AR.")
