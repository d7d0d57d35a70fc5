"""`attention-mesh dataset`: measure many films and photos into one table, go on, look, check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attention_mesh.cli.options import Debug, Detector
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

if TYPE_CHECKING:
    from attention_mesh.datasets.options import DatasetOptions
    from attention_mesh.datasets.plan import Plan
    from attention_mesh.datasets.sources import SourceFile

app = typer.Typer(help="Measure many films and photos into one table.", no_args_is_help=True)

Table = Annotated[str, typer.Argument(metavar="TABLE_FOLDER", help="Folder of the table, or its URL.")]
Jobs = Annotated[
    int,
    typer.Option(
        min=0, help="Processes, with one network thread each. 0: one per processor (of the cluster)."
    ),
]
Ray = Annotated[
    str | None,
    typer.Option("--ray", metavar="ADDRESS|local", help="Do it on a Ray cluster: HOST:PORT, or local."),
]
Seconds = Annotated[float, typer.Option(min=1, help="The most seconds that one film may take.")]
Memory = Annotated[float, typer.Option(min=0.5, help="The most memory that one process may take, in GB.")]


@app.command(short_help="Measure films and photos, all or those that are new.")
@user_command
def run(
    source: Annotated[
        list[str],
        typer.Argument(
            help="Folder (with all folders in it), film, photo, tar shard, pattern, or URL of one of these "
            "(s3://, gs://, …); or a list: .txt, or .csv or .parquet with a column source, path, file or url."
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="TABLE_FOLDER",
            help="Folder of the table, or its URL in a bucket (s3://…).",
        ),
    ],
    jobs: Jobs = 0,
    num_faces: Annotated[int, typer.Option(min=1, help="The most faces per frame.")] = 1,
    detector: Detector = "auto",
    weights: Annotated[str, typer.Option(help="official, open or a .tflite file.")] = "official",
    half: Annotated[
        bool,
        typer.Option("--half", help="Store landmarks as float16: half the size, exact to 1 px at 2048 px."),
    ] = False,
    piece_seconds: Annotated[
        float, typer.Option(min=0, help="Length of the pieces in which long films are measured; 0: whole.")
    ] = 300.0,
    film_seconds: Seconds = 3600.0,
    memory_gb: Memory = 4.0,
    ray: Ray = None,
    debug: Debug = False,
) -> int:
    """Measure the faces of films and photos into a table, a folder of Parquet files.

    Run it again, and it does what is new, has changed, or was interrupted.
    """
    from attention_mesh.datasets.options import DatasetOptions
    from attention_mesh.datasets.sources import find_sources

    options = DatasetOptions(num_faces, detector, weights, half, piece_seconds)
    sources = {found.address: found for text in source for found in find_sources(text)}
    return _run(
        list(sources.values()), output, options, jobs, film_seconds, memory_gb, ray, retry_failed=False
    )


@app.command("retry-failed", short_help="Measure the sources again that failed.")
@user_command
def retry_failed(
    table: Table,
    jobs: Jobs = 0,
    film_seconds: Seconds = 3600.0,
    memory_gb: Memory = 4.0,
    ray: Ray = None,
    debug: Debug = False,
) -> int:
    """Measure the sources of a table again that failed, for example with more memory."""
    from attention_mesh.datasets.sources import sources_of_rows
    from attention_mesh.datasets.table_folder import TableFolder

    folder = TableFolder(table)
    options = folder.options()
    failed = sources_of_rows(row for row in folder.manifest() if row["status"] == "failed")
    return _run(failed, table, options, jobs, film_seconds, memory_gb, ray, retry_failed=True)


@app.command(short_help="Show what is in a table.")
@user_command
def status(table: Table, debug: Debug = False) -> int:
    """Show how many sources are in a table, and which failed."""
    from attention_mesh.datasets.table_folder import TableFolder

    folder = TableFolder(table)
    options, manifest = folder.options(), folder.manifest()
    typer.echo(", ".join(f"{name} {value}" for name, value in options.as_dict().items()))
    _tell_bad_ones(manifest)
    typer.echo(_summary(table, manifest))
    return EXIT_OK


@app.command(short_help="Check a table: counts, gaps, doubled rows, doubtful films.")
@user_command
def check(
    table: Table,
    page: Annotated[
        Path | None, typer.Option(help="HTML page for the first face of each film, doubtful films first.")
    ] = None,
    debug: Debug = False,
) -> int:
    """Check that a table's rows and manifest agree, and name the doubtful films.

    Exit code 1 if something is wrong with the table.
    """
    from attention_mesh.datasets.check import check_table
    from attention_mesh.datasets.table_folder import TableFolder

    folder = TableFolder(table)
    found = check_table(folder)
    for row in found.doubtful:
        reason = row["error"] or f"a face in {row['frames_with_face']} of {row['frames']} frames"
        report(f"{row['source']}: {reason}", "doubtful")
    for problem in found.problems:
        report(problem)
    if page is not None:
        from attention_mesh.datasets.contact_sheet import write_contact_sheet

        shown = write_contact_sheet(page, folder, found.doubtful)
        typer.echo(f"{page}: the first faces of {shown} sources")
    typer.echo(_summary(table, folder.manifest()))
    return EXIT_FAILED if found.problems else EXIT_OK


def _run(
    sources: list[SourceFile],
    folder: str,
    options: DatasetOptions,
    jobs: int,
    film_seconds: float,
    memory_gb: float,
    ray: str | None,
    retry_failed: bool,
) -> int:
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.datasets.run import run_dataset
    from attention_mesh.datasets.task_pool import Limits

    limits = Limits(film_seconds, round(memory_gb * 1e9))
    count = 0

    def begin(plan: Plan) -> None:
        nonlocal count
        count = plan.done
        left = sum(len(task.sources) for task in plan.tasks)
        typer.echo(f"{folder}: {plan.done} sources are done, {left} are left", err=True)

    with job_progress("sources", len(sources)) as update:

        def progress(rows: list[dict[str, Any]]) -> None:
            nonlocal count
            count += len(rows)
            update(count)

        done = run_dataset(sources, folder, options, jobs, limits, retry_failed, begin, progress, ray)
    _tell_bad_ones(done)
    typer.echo(_summary(folder, done))
    return EXIT_FAILED if any(row["status"] == "failed" for row in done) else EXIT_OK


def _tell_bad_ones(manifest: Sequence[dict[str, Any]]) -> None:
    for row in manifest:
        if row["status"] != "done":
            report(row["error"], row["status"])


def _summary(folder: str, manifest: Sequence[dict[str, Any]]) -> str:
    counts = Counter(row["status"] for row in manifest)
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing to do"
    frames, faces = (sum(row[name] for row in manifest) for name in ("frames", "faces"))
    return f"{folder}: {states}; {frames} frames, {faces} faces"
