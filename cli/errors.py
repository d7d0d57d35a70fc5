"""Errors as a user reads them: one line, and an exit code."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import typer

from attention_mesh.cli.run.output_error import OutputError
from attention_mesh.cli.usage_error import UsageError

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def report(text: str, kind: str = "error") -> None:
    """Prints "error: …" (or "warning: …", "doubtful: …") to stderr."""
    typer.secho(f"{kind}: ", fg="red" if kind == "error" else "yellow", bold=True, nl=False, err=True)
    typer.echo(text, err=True)


def error_text(error: BaseException) -> str:
    """What to tell a user about an exception.

    Our own errors speak for themselves; of a calculator that failed because the weights are not to be had,
    and of what takes a graph's outputs, the reason is told; of anything unforeseen the type as well, and how
    to see more.
    """
    from attention_mesh.errors import AttentionMeshError
    from attention_mesh.framework.errors import GraphError
    from attention_mesh.media.media_error import MediaError
    from attention_mesh.media.sink_error import SinkError
    from attention_mesh.media.source_error import SourceError

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OutputError) or type(cause).__name__ in ("WeightsError", "NetworkError"):
            return str(cause)
        cause = cause.__cause__
    if isinstance(error, (UsageError, SourceError, SinkError, MediaError, GraphError, AttentionMeshError)):
        return str(error)
    if isinstance(error, ImportError) and "attention-mesh[" in str(error):
        return str(error)  # which extra to install
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"unexpected {type(error).__name__}: {error} (--debug shows where)"


def user_command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Decorator of a command: its int is the exit code, its exceptions become one line on stderr.

    A command's `debug` argument, if true, lets exceptions through. Until cv2 is imported, the logs of
    OpenCV and FFmpeg are switched off, because their text repeats ours in their own terms.
    """

    @functools.wraps(function)
    def command(*arguments: Any, **options: Any) -> None:
        debug = options.get("debug", False)
        if not debug:
            os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
            os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        try:
            code = function(*arguments, **options)
        except KeyboardInterrupt:
            code = EXIT_INTERRUPTED
        except UsageError as error:
            report(str(error))
            code = EXIT_USAGE
        except Exception as error:
            if debug or isinstance(error, typer.Exit):
                raise
            report(error_text(error))
            code = EXIT_FAILED
        raise typer.Exit(code or EXIT_OK)

    return command
