"""Pip with plain progress: `python tools/pip_progress.py install …` prints one line per package.

pip's own bars need a terminal, and without `--quiet` it prints several lines per package. These lines read
well in a terminal and in a log. pip's errors and its exit code stay.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time

_FETCHED = re.compile(r"\s*(?:Downloading|Using cached) (\S+?)-(\d[^-]*)\S*\.(?:whl|tar\.gz|zip) (\(.*\))")


def progress_line(line: str) -> str | None:
    """What to print for a line of pip's output: a package that it fetches or unpacks, else None."""
    fetched = _FETCHED.match(line)
    if fetched:
        return f"    {fetched[1]} {fetched[2]} {fetched[3]}"
    if line.startswith("Installing collected packages: "):
        count = line.count(",") + 1
        return f"    unpacking {count} packages" if count > 1 else "    unpacking one package"
    return None


def main(arguments: list[str]) -> int:
    """Runs pip with `arguments`; returns its exit code."""
    start = time.monotonic()
    quiet = ("--progress-bar", "off", "--disable-pip-version-check", "--no-input")
    command = [sys.executable, "-m", "pip", *arguments, *quiet]
    print("    resolving which packages are needed", flush=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            shown = progress_line(line)
            if shown is not None:
                print(shown, flush=True)
    if pip.returncode == 0:
        print(f"    done in {time.monotonic() - start:.0f} s", flush=True)
    return pip.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
