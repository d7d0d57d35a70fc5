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
    """Check a graph: names, ports, types, cycles, options; say where it crosses between CPU and GPU, and what
    it writes.

    Exit code 1 if it could not run.
    """
    from attention_mesh.cli.run.graph_choice import load_user_graph
    from attention_mesh.framework.destinations import destinations

    validated = load_user_graph(graph, graph_path or [], calculators or [])
    typer.echo(f"{graph}: fit to run; nodes: {len(validated.nodes)}, streams: {len(validated.producers)}")
    for node in validated.crossings:
        typer.echo(f"{node.crossing} at {node.label}")
    for place in destinations(validated):
        typer.echo(f"{place}: needs --allow-graph-files" if place.maker else str(place))
    return EXIT_OK


@app.command(short_help="Print a graph's ports and nodes, or draw it.")
@user_command
def show(
    graph: GraphFile,
    graph_path: GraphPath = None,
    calculators: Calculators = None,
    svg: Annotated[Path | None, typer.Option(help="SVG file to draw the graph into.")] = None,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Show the nodes inside subgraphs, too.")
    ] = False,
    config: Annotated[
        bool,
        typer.Option("--config", help="Print the graph's text instead, with --expanded without subgraphs."),
    ] = False,
    debug: Debug = False,
) -> int:
    """Print a graph's ports and its nodes with the types of their streams, or draw it.

    There is a node, and in the picture a box, for each node that the graph's file has.
    """
    from attention_mesh.cli.run.graph_choice import load_user_graph
    from attention_mesh.framework.graph_drawing import describe_graph, draw_graph
    from attention_mesh.framework.protos import message_to_text

    validated = load_user_graph(graph, graph_path or [], calculators or [])
    if config:
        typer.echo(message_to_text(validated.config if expanded else validated.written))
    else:
        typer.echo("\n".join(describe_graph(validated, expanded)))
    if svg is not None:
        svg.write_text(draw_graph(validated, expanded), encoding="utf-8")
        typer.echo(f"drawn: {svg}", err=True)
    return EXIT_OK
