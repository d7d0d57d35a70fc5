"""The program `attention-mesh` and its commands. A command imports what it needs when it runs."""

from __future__ import annotations

import typer

from attention_mesh.cli import evaluate, graph, models
from attention_mesh.cli.aar.aar import aar
from attention_mesh.cli.bench import bench
from attention_mesh.cli.camera_options import cameras
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
    help="Attention Mesh: 478 3D face landmarks from cameras, videos and photos.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(puppet)
app.command()(makeup)
app.command()(bench)
app.command()(demo)
app.command()(cameras)
app.command()(devices)
app.command()(synthesize)
app.command()(label)
app.command()(pack_rig)
app.command()(train)
app.command()(train_blendshapes)
app.command()(export)
app.command()(aar)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(graph.app, name="graph")
app.add_typer(models.app, name="models")
app.add_typer(study.app, name="study")
