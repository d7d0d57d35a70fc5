"""`attention-mesh graph`: show a graph, or check it, without running it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.options import Calculators, GraphPath

if TYPE_CHECKING:
    from attention_mesh.framework import ValidatedGraph

app = typer.Typer(help="Show or check a graph without running it.", no_args_is_help=True)

GraphFile = Annotated[Path, typer.Argument(help="Graph: text (.pbtxt) or binary (.binarypb).")]


def _validated(graph: Path, graph_path: list[Path] | None, calculators: list[Path] | None) -> ValidatedGraph:
    """The graph with its subgraphs expanded; if it has problems, prints them and exits with code 1."""
    from attention_mesh.framework import ConfigError, ValidatedGraph, load_calculator_file

    try:
        for file in calculators or []:
            load_calculator_file(file)
        return ValidatedGraph(graph, graph_path or [])
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(f"error: {problem}", err=True)
        raise typer.Exit(1) from None


@app.command()
def check(graph: GraphFile, graph_path: GraphPath = None, calculators: Calculators = None) -> None:
    """Check a graph: names, ports, types, cycles, options. Exit code 1 if it could not run."""
    validated = _validated(graph, graph_path, calculators)
    typer.echo(f"{graph}: fit to run, {len(validated.nodes)} nodes, {len(validated.producers)} streams")


@app.command()
def show(
    graph: GraphFile,
    graph_path: GraphPath = None,
    calculators: Calculators = None,
    svg: Annotated[Path | None, typer.Option(help="SVG file to draw the graph into.")] = None,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Print the config with all subgraphs expanded.")
    ] = False,
) -> None:
    """Print a graph's ports and its nodes with the types of their streams, or draw it."""
    from attention_mesh.framework.graph_drawing import describe_graph, draw_graph
    from attention_mesh.framework.protos import message_to_text

    validated = _validated(graph, graph_path, calculators)
    typer.echo(message_to_text(validated.config) if expanded else "\n".join(describe_graph(validated)))
    if svg is not None:
        try:
            svg.write_text(draw_graph(validated), encoding="utf-8")
        except OSError as error:
            typer.echo(f"error: cannot write {svg}: {error.strerror}", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"drawn: {svg}", err=True)
