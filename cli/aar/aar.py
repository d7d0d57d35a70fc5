"""`attention-mesh aar`: the library for Android, as an archive that Gradle takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_OK, user_command


@user_command
def aar(
    weights: Annotated[
        str,
        typer.Option(
            help="Landmark network in the archive: open (part of the package) or official (fetched on first "
            "use)."
        ),
    ] = "open",
    out: Annotated[Path, typer.Option(help="The archive to write.")] = Path("attention-mesh.aar"),
    maven: Annotated[
        Path | None,
        typer.Option(
            help="Folder in Maven's layout to write too, with POM, sources and javadoc: to publish from, or "
            "as a repository of an app."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an archive that exists.")] = False,
    debug: Debug = False,
) -> int:
    """Build the library for Android (AAR): graphs, networks and classes for minSdk 21.

    Needs a checkout of the repository, a JDK, Maven (the first time with a network) and the extra `train`.
    The same sources, JDK and TensorFlow give the same bytes.
    """
    if out.suffix != ".aar":
        raise UsageError(f"--out {out} ends in {out.suffix or 'nothing'}; expected .aar")
    if out.exists() and not force:
        raise UsageError(f"{out} exists; --force overwrites it")
    if weights not in ("open", "official"):
        raise UsageError(f"--weights {weights}: expected open or official")
    from attention_mesh.cli.aar.archive import build_archive
    from attention_mesh.media.files import write_whole

    content = build_archive(weights)
    write_whole(out, content, make_folder=True)
    typer.echo(f"{out}: {len(content) / 1e6:.1f} MB, {weights} weights")
    if maven is not None:
        from attention_mesh.cli.aar.publication import (
            javadoc_jar,
            project_object_model,
            sources_jar,
            write_publication,
        )

        files = {
            ".aar": content,
            ".pom": project_object_model().encode(),
            "-sources.jar": sources_jar(),
            "-javadoc.jar": javadoc_jar(),
        }
        typer.echo(f"{write_publication(maven, files)}: POM, archive, sources and reference")
    return EXIT_OK
