"""The decorator of every command: errors become one line on stderr and an exit code."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.stop_signals import exit_code_of, stop_signals_raise
from attention_mesh.errors import AttentionMeshError

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2


def report(text: str, kind: str = "error") -> None:
    """Prints "error: …" (or "warning: …", "doubtful: …") to stderr."""
    import typer  # here, because a run without an error does without it

    typer.secho(f"{kind}: ", fg="red" if kind == "error" else "yellow", bold=True, nl=False, err=True)
    typer.echo(text, err=True)


def tell(text: str) -> None:
    """Prints a line to stderr, if there is one."""
    if sys.stderr is not None:
        print(text, file=sys.stderr, flush=True)


def error_text(error: BaseException) -> str:
    """The line that tells a user what `error` means.

    An error of ours is its own text. If a graph failed because of another error of ours, such as a file or
    weights that are missing, or because an extra is not installed, then that error is the text and the node
    is left out. The text of an unforeseen exception includes its type, and says that --debug shows more.
    """
    from attention_mesh.framework.errors import GraphError

    for cause in _causes(error):
        if isinstance(cause, AttentionMeshError) and not isinstance(cause, GraphError):
            return str(cause)
    if isinstance(error, AttentionMeshError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"unexpected {type(error).__name__}: {error} (--debug shows where)"


def report_error(error: BaseException) -> None:
    """Prints what `error_text` says; each problem of a graph is a line with its own "error:"."""
    from attention_mesh.framework.errors import ConfigError

    for text in error.problems if isinstance(error, ConfigError) else [error_text(error)]:
        report(text)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def exit_code(command: Callable[[], int | None], debug: bool = False) -> int:
    """Calls a command: the int it returns is the exit code, an exception becomes one line on stderr.

    If `debug` is true, then exceptions pass through. Otherwise the logs of OpenCV and FFmpeg are switched
    off, because they repeat our error texts in their own terms. Ctrl-C, SIGTERM and SIGHUP end the command in
    the same way, each with its exit code.
    """
    if not debug:
        os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder tells its whole configuration
    try:
        with stop_signals_raise():
            return command() or EXIT_OK
    except KeyboardInterrupt as stop:
        return exit_code_of(stop)
    except UsageError as error:
        report(str(error))
        return EXIT_USAGE
    except Exception as error:
        if debug or _ends_typer(error):
            raise
        report_error(error)
        return EXIT_FAILED


def _ends_typer(error: Exception) -> bool:
    typer = sys.modules.get("typer")
    return typer is not None and isinstance(error, typer.Exit)


def user_command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Decorates a command of typer's: it ends with what `exit_code` says.

    Exceptions pass through if the command's `debug` argument is true.
    """

    @functools.wraps(function)
    def command(*arguments: Any, **options: Any) -> None:
        import typer

        call = functools.partial(function, *arguments, **options)
        raise typer.Exit(exit_code(call, options.get("debug", False)))

    return command
