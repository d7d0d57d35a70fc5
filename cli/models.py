"""`attention-mesh models`: the official weights on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

if TYPE_CHECKING:
    from attention_mesh.models.weights import ModelStore

app = typer.Typer(help="List, fetch, verify or save the official weights.", no_args_is_help=True)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="Models, as `models list` names them. (default: all)"),
]
CacheDir = Annotated[
    Path | None,
    typer.Option("--cache-dir", help="Folder of the weights. (default: the user's cache folder)"),
]


def _store(cache_dir: Path | None) -> ModelStore:
    from attention_mesh.models.weights import ModelStore

    return ModelStore(cache_dir)


def _chosen(store: ModelStore, names: list[str] | None) -> list[str]:
    """The given names, or all if none is given. Raises UsageError for an unknown one."""
    from attention_mesh.models.weights import MODELS, WeightsError

    try:
        return [store.model(name).name for name in names or MODELS]
    except WeightsError as error:
        raise UsageError(str(error)) from error


@app.command("list")
@user_command
def list_models(cache_dir: CacheDir = None) -> int:
    """List the models: name, license, origin, state in the cache, size."""
    store = _store(cache_dir)
    rows = [("NAME", "LICENSE", "ORIGIN", "STATE", "SIZE")]
    for name in _chosen(store, None):
        model, state = store.model(name), store.state(name)
        size = f"{state.size / 1e6:.1f} MB" if state.size else "-"
        rows.append((name, model.license, model.origin, state.state, size))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    typer.echo(f"in {store.folder}; the weights `open` are part of this package and need no file")
    return EXIT_OK


@app.command()
@user_command
def fetch(names: Names = None, cache_dir: CacheDir = None) -> int:
    """Fetch and convert models that are missing or broken."""
    store = _store(cache_dir)
    for name in _chosen(store, names):
        typer.echo(f"{name}: {store.fetch(name)}")
    return EXIT_OK


@app.command()
@user_command
def verify(names: Names = None, cache_dir: CacheDir = None) -> int:
    """Compare the cached files with their SHA-256.

    Exit code 1 if a file is broken, if a model that was named is missing, or if all are missing.
    """
    store = _store(cache_dir)
    states = [store.state(name) for name in _chosen(store, names)]
    for state in states:
        typer.echo(f"{state.name}: {state.state}" + (f" ({state.detail})" if state.detail else ""))
    broken = [state.name for state in states if state.state == "corrupt"]
    missing = [state.name for state in states if state.state == "missing"]
    if not names and len(missing) < len(states):
        missing = []  # keeping only some of the models is a choice
    for what, which in (("broken in", broken), ("not in", missing)):
        if which:
            report(f"{', '.join(which)}: {what} {store.folder}; `attention-mesh models fetch` repairs that")
    return EXIT_FAILED if broken or missing else EXIT_OK


@app.command(short_help="Write a model as a file for LiteRT and TFLite.")
@user_command
def save(
    name: Annotated[str, typer.Argument(help="Model, as `models list` names it.")],
    output: Annotated[Path, typer.Argument(metavar="OUT.tflite", help="File to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Images per call, fixed in the file. (default: 1, resizable)")
    ] = None,
    cache_dir: CacheDir = None,
) -> int:
    """Write a model as a .tflite file that every LiteRT or TFLite CPU runtime runs."""
    from attention_mesh.models import weights

    _chosen(_store(cache_dir), [name])
    path = weights.save_model(name, output, force=force, batch=batch, folder=cache_dir)
    typer.echo(f"wrote {path} ({path.stat().st_size / 1e6:.1f} MB)")
    return EXIT_OK
