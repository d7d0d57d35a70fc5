"""Gets the wheel that holds the official weights, by pip, into a folder."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

from attention_mesh.models.weights.download_progress import Report, download_progress
from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.registry import Origin

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_NOT_OFFERED = "No matching distribution found"
# What pip says, in any of its wordings, when it could not reach an index at all.
_UNREACHABLE = ("connection broken", "Connection", "Temporary failure", "timed out", "ProxyError", "SSLError")


def fetch_wheel(origin: Origin, folder: Path) -> Path:
    """Downloads one wheel of `origin` into `folder` (made if needed) and returns its path.

    pip does it, so the user's index, proxy and certificates apply. The wheel of the platform that the
    registry names serves everywhere; where the index does not have that one, this platform's is tried.
    Raises WeightsError with pip's own words when there is none or the index cannot be reached.
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
    """pip's exit code and what it printed, progress lines left out."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--retries", "2"]
    command += ["--disable-pip-version-check", "--progress-bar", _progress_bar(), *choice]
    command += ["--dest", str(folder), origin.requirement]
    # pip unpacks and downloads in its temporary folder: there, everything goes with `folder`.
    environment = os.environ | {"TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    text = {"text": True, "encoding": "utf-8", "errors": "replace"}
    lines = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        **text,
    ) as process:
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
    """pip's `raw` progress lines exist from version 24.1 on."""
    from importlib import metadata

    with contextlib.suppress(metadata.PackageNotFoundError, ValueError):
        major, minor = (int(part) for part in metadata.version("pip").split(".")[:2])
        return "raw" if (major, minor) >= (24, 1) else "off"
    return "off"


def _reason(output: str) -> str:
    """What to tell of pip's output: that there is no pip, or its last error."""
    if "No module named pip" in output:
        return f"{sys.executable} has no pip"
    errors = [line.strip() for line in output.splitlines() if line.startswith("ERROR")]
    if errors and errors[-1] == "ERROR: Exception:":  # Python's trace follows; its last line tells
        return output.strip().splitlines()[-1]
    if any(word in output for word in _UNREACHABLE):
        return f"the package index cannot be reached ({errors[-1] if errors else output.strip()[-300:]})"
    return errors[-1] if errors else output.strip()[-300:] or "pip failed without a word"
