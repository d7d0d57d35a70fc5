"""``attention-mesh graph``: look at a graph, or check it, without running it."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Show or check a graph without running it.", no_args_is_help=True)

GraphFile = Annotated[Path, typer.Argument(help="A graph: text (.pbtxt) or binary (.binarypb).")]
GraphPath = Annotated[
    list[Path], typer.Option("--graph-path", help="Folder with subgraphs of your own (repeatable).")
]
Calculators = Annotated[
    list[Path], typer.Option("--calculators", help="Python file with calculators of your own (repeatable).")
]


def _validated(graph: Path, graph_path: list[Path], calculators: list[Path]):
    """The graph with its subgraphs expanded; its problems end the command with exit code 1."""
    from attention_mesh.framework import ConfigError, ValidatedGraph, load_calculator_file
    from attention_mesh.framework.executors import executor_sizes

    try:
        for file in calculators:
            load_calculator_file(file)
        validated = ValidatedGraph(graph, graph_path)
        executor_sizes(validated)
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(f"error: {problem}", err=True)
        raise typer.Exit(1) from None
    return validated


@app.command()
def check(graph: GraphFile, graph_path: GraphPath = [], calculators: Calculators = []) -> None:  # noqa: B006
    """Validates a graph: names, ports, types, cycles, options. Exit code 1 if it could not run."""
    validated = _validated(graph, graph_path, calculators)
    typer.echo(f"{graph}: fit to run, {len(validated.nodes)} nodes, {len(validated.producers)} streams")


@app.command()
def show(
    graph: GraphFile,
    graph_path: GraphPath = [],  # noqa: B006
    calculators: Calculators = [],  # noqa: B006
    svg: Annotated[Path | None, typer.Option(help="Draw the graph into this SVG file.")] = None,
    expanded: Annotated[bool, typer.Option(help="Print the config with all subgraphs expanded.")] = False,
) -> None:
    """Prints a graph's ports and nodes with the types of their streams, and draws it."""
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
