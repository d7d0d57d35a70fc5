"""`attention-mesh study`: make a test of AR makeup, show it to people, report what they took for real."""

from __future__ import annotations

import typer

from attention_mesh.cli.study.make import make
from attention_mesh.cli.study.report import report
from attention_mesh.cli.study.serve import serve

app = typer.Typer(
    help="Ask people whether makeup is real or AR, as the Attention Mesh paper did.", no_args_is_help=True
)
app.command(short_help="Make a blinded set of real and AR images.")(make)
app.command(short_help="Show the images on a web page; store the answers.")(serve)
app.command(short_help="Print what people took for real.")(report)
