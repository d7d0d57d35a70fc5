"""Fetching: pip downloads the wheel that holds the official weights."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.official_models import Origin

# Bytes done and bytes in total; the total is 0 as long as it is unknown.
Report = Callable[[int, int], None]

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_NOT_OFFERED = "No matching distribution found"
# The wordings in which pip says that it cannot reach an index.
_UNREACHABLE = ("connection broken", "Connection", "Temporary failure", "timed out", "ProxyError", "SSLError")


def fetch_wheel(origin: Origin, folder: Path) -> Path:
    """Downloads one wheel of `origin` into `folder`, which is made if needed, and returns the wheel's path.

    pip downloads, so the user's index, proxy and certificates apply. The wheel of the platform that the
    registry names serves every platform. If the index does not offer it, this platform's wheel is tried.

    Raises:
      WeightsError: the index offers no wheel or is unreachable; the text quotes pip.
    """
    folder.mkdir(parents=True, exist_ok=True)
    any_platform = ["--only-binary=:all:", "--platform", origin.platform, "--python-version", origin.python]
    with download_progress(f"the official weights ({origin.requirement})") as report:
        code, output = _download(origin, folder, any_platform, report)
        if _NOT_OFFERED in output and not any(word in output for word in _UNREACHABLE):
            code, output = _download(origin, folder, ["--only-binary=:all:"], report)
    wheels = sorted(folder.glob(origin.wheel_pattern))
    if code or not wheels:
        raise WeightsError(_reason(output))
    return wheels[0]


def _download(origin: Origin, folder: Path, choice: list[str], report: Report) -> tuple[int, str]:
    """Runs pip; returns its exit code and its output without the progress lines."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--retries", "2"]
    command += ["--disable-pip-version-check", "--progress-bar", _progress_bar(), *choice]
    command += ["--dest", str(folder), origin.requirement]
    # pip downloads into its temporary folder; inside `folder`, it is removed with it.
    environment = os.environ | {"TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    lines = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None  # it is a pipe
        try:
            for line in process.stdout:
                progress = _PROGRESS.match(line)
                if progress:
                    report(int(progress[1]), int(progress[2]))
                else:
                    lines.append(line)
        except BaseException:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            raise
    return process.returncode, "".join(lines)


def _progress_bar() -> str:
    """The argument of pip's --progress-bar; pip has `raw` progress lines since version 24.1."""
    from importlib import metadata

    with contextlib.suppress(metadata.PackageNotFoundError, ValueError):
        major, minor = (int(part) for part in metadata.version("pip").split(".")[:2])
        return "raw" if (major, minor) >= (24, 1) else "off"
    return "off"


def _reason(output: str) -> str:
    """Why the download failed, from pip's output: there is no pip, or pip's last error."""
    if "No module named pip" in output:
        return f"{sys.executable} has no pip"
    errors = [line.strip() for line in output.splitlines() if line.startswith("ERROR")]
    if errors and errors[-1] == "ERROR: Exception:":  # the last line of Python's trace says which
        return output.strip().splitlines()[-1]
    if any(word in output for word in _UNREACHABLE):
        return f"the package index cannot be reached ({errors[-1] if errors else output.strip()[-300:]})"
    return errors[-1] if errors else output.strip()[-300:] or "pip failed without a message"


@contextlib.contextmanager
def download_progress(what: str) -> Iterator[Report]:
    """Shows the progress of a download on stderr: a bar on a terminal, one line elsewhere.

    Yields:
      The function to call with the bytes done and the bytes in total.
    """
    if not sys.stderr.isatty():
        print(f"attention_mesh: fetching {what}", file=sys.stderr, flush=True)
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"fetching {what}", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)
