"""`attention-mesh graph`: show a graph, or check it, without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.options import Calculators, Debug, GraphPath
from attention_mesh.cli.user_command import EXIT_OK, user_command

app = typer.Typer(help="Show or check a graph without running it.", no_args_is_help=True)

GraphFile = Annotated[Path, typer.Argument(help="Graph: text (.pbtxt) or binary (.binarypb).")]


@app.command(short_help="Check a graph without running it.")
@user_command
def check(
    graph: GraphFile, graph_path: GraphPath = None, calculators: Calculators = None, debug: Debug = False
) -> int:
    """Check a graph: names, ports, types, cycles, options; say where it crosses between CPU and GPU.

    Exit code 1 if it could not run.
    """
    from attention_mesh.cli.run.graph_choice import load_user_graph

    validated = load_user_graph(graph, graph_path or [], calculators or [])
    typer.echo(f"{graph}: fit to run; nodes: {len(validated.nodes)}, streams: {len(validated.producers)}")
    for node in validated.crossings:
        typer.echo(f"{node.crossing} at {node.label}")
    return EXIT_OK


@app.command(short_help="Print a graph's ports and nodes, or draw it.")
@user_command
def show(
    graph: GraphFile,
    graph_path: GraphPath = None,
    calculators: Calculators = None,
    svg: Annotated[Path | None, typer.Option(help="SVG file to draw the graph into.")] = None,
    outline: Annotated[
        bool, typer.Option("--outline", help="Draw each subgraph as one box, without its nodes.")
    ] = False,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Print the config with all subgraphs expanded.")
    ] = False,
    debug: Debug = False,
) -> int:
    """Print a graph's ports and its nodes with the types of their streams, or draw it."""
    from attention_mesh.cli.errors import UsageError
    from attention_mesh.cli.run.graph_choice import load_user_graph
    from attention_mesh.framework.graph_drawing import describe_graph, draw_graph
    from attention_mesh.framework.protos import message_to_text

    if outline and svg is None:
        raise UsageError("--outline belongs to --svg")
    validated = load_user_graph(graph, graph_path or [], calculators or [])
    typer.echo(message_to_text(validated.config) if expanded else "\n".join(describe_graph(validated)))
    if svg is not None:
        svg.write_text(draw_graph(validated, outline), encoding="utf-8")
        typer.echo(f"drawn: {svg}", err=True)
    return EXIT_OK
