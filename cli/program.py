"""The entry point of the program `attention-mesh`."""

from __future__ import annotations

import gc
import os
import sys

from attention_mesh.cli.run.library_loading import libraries_of_run, load_libraries_meanwhile
from attention_mesh.cli.run.plain_options import plain_options


def main() -> None:
    """Runs the command line and ends the process with its exit code.

    A run of the face mesh is read and started without typer if its command line permits, because many runs
    are shorter than what typer takes to load.
    """
    # The objects of imported modules live as long as the program. To look through them for garbage, again and
    # again while they come, takes a tenth of a short run. What runs switches the collector on.
    gc.disable()
    options = plain_options(sys.argv[1:])
    if options is None:
        gc.enable()
        _main_of_typer()
        return
    # Python has all functions that a shared library calls looked up as it is loaded. Most of those of OpenCV
    # and FFmpeg are never called. Not for other commands: TensorFlow, loaded so, ends with SIGSEGV.
    if hasattr(os, "RTLD_LAZY"):
        sys.setdlopenflags(os.RTLD_LAZY)
    # OpenBLAS starts a thread per core as NumPy is loaded; no product of a run is large enough for them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    load_libraries_meanwhile(libraries_of_run(options.get("input") or "", options["outputs"]))
    # Only now: these load NumPy and OpenCV.
    from attention_mesh.cli.interrupt import leave_at_once
    from attention_mesh.cli.run.perform import perform
    from attention_mesh.cli.run.plan import RunOptions
    from attention_mesh.cli.user_command import exit_code

    leave_at_once(exit_code(lambda: perform(RunOptions(**options))))


def _main_of_typer() -> None:
    from attention_mesh.cli import app
    from attention_mesh.cli.interrupt import leave

    try:
        app.app()
    except SystemExit as end:
        leave(end.code)
        raise
