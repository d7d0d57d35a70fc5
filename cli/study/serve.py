"""`attention-mesh study serve`: shows a study's images on a web page and keeps the answers."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from attention_mesh.cli.options import Debug
from attention_mesh.cli.stop_signals import exit_code_of
from attention_mesh.cli.study.study_options import StudyFolder
from attention_mesh.cli.user_command import EXIT_OK, report, user_command


@user_command
def serve(
    folder: StudyFolder,
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen at. The default lets nobody but this machine in; 0.0.0.0 lets the "
            "network in, for phones."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    debug: Debug = False,
) -> int:
    """Show the images of a study on a web page and store the answers, until Ctrl-C."""
    from attention_mesh.cli.study.answer_store import AnswerStore
    from attention_mesh.cli.study.qr_text import qr_text
    from attention_mesh.cli.study.study_set import ANSWERS_FILE, image_bytes, load_study
    from attention_mesh.cli.study.web_app import study_app
    from attention_mesh.cli.study.web_server import (
        LOOPBACK_NAMES,
        is_loopback,
        open_socket,
        page_url,
        run_server,
    )

    study = load_study(folder)
    images = image_bytes(folder, study)
    told: set[str] = set()

    def tell_once(text: str) -> None:
        if text not in told:
            told.add(text)
            report(text)

    with open_socket(host, port) as opened, AnswerStore(folder / ANSWERS_FILE, study.name) as store:
        local = is_loopback(host)
        token = None if local else store.token
        hosts = LOOPBACK_NAMES | {host.lower()} if local else None
        app = study_app(study, images, store, token, hosts, tell_once)
        if not local:
            report(
                "everybody in the network who knows the address below can take part; it is not encrypted",
                "warning",
            )
        url = page_url(host, opened.getsockname()[1], token)
        typer.echo(f"{folder}: {len(images)} images at {url}")
        if not local and sys.stderr is not None and sys.stderr.isatty():
            typer.echo(qr_text(url), err=True)
        typer.echo("Ctrl-C ends it", err=True)
        stopped_by = run_server(app, opened)
        answers = store.answers()
    people = len({answer.participant for answer in answers})
    typer.echo(f"{folder}: {len(answers)} answers of {people} people are stored")
    return exit_code_of(stopped_by) if stopped_by else EXIT_OK
