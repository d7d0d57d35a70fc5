"""`attention-mesh study report`: what people took for real, beside the paper's figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import Debug
from attention_mesh.cli.study.study_options import StudyFolder
from attention_mesh.cli.user_command import EXIT_OK, user_command


@user_command
def report(
    folder: StudyFolder,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="File for the report, for programs.")
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="File for the answers, one row each, with their key.")
    ] = None,
    confidence: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="Confidence of the intervals.")
    ] = 0.95,
    debug: Debug = False,
) -> int:
    """Print what people took for real, with confidence intervals, beside the figures of the paper."""
    from attention_mesh.cli.study.answer_store import AnswerStore
    from attention_mesh.cli.study.report_text import answers_csv, report_json, report_text
    from attention_mesh.cli.study.study_report import study_report
    from attention_mesh.cli.study.study_set import ANSWERS_FILE, KEY_FILE, load_study
    from attention_mesh.media.files import check_file, write_whole

    study = load_study(folder)
    own = {(folder / name).resolve() for name in (KEY_FILE, ANSWERS_FILE)}
    for flag, file in (("--json", json_file), ("--csv", csv_file)):
        if file is not None:
            if file.resolve() in own:
                raise UsageError(f"{flag} {file}: that is a file of the study; choose another name")
            check_file(file)
    if json_file is not None and csv_file is not None and json_file.resolve() == csv_file.resolve():
        raise UsageError("--json and --csv are one file; give each its own")
    answers = []
    if (folder / ANSWERS_FILE).exists():  # opening the store would make it
        with AnswerStore(folder / ANSWERS_FILE, study.name) as store:
            answers = store.answers()
    found = study_report(study, answers, confidence)
    if json_file is not None:
        write_whole(json_file, report_json(study, found).encode("utf-8"), make_folder=True)
    if csv_file is not None:
        text = answers_csv(study, answers).encode("utf-8", "surrogateescape")
        write_whole(csv_file, text, make_folder=True)
    typer.echo(report_text(study, found))
    return EXIT_OK
