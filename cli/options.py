"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DETECTOR_HELP = (
    "Face detector: short (faces within about 2 m), full (farther ones) or auto (both, and turned "
    "faces, while faces are missing)."
)
THREADS_HELP = "CPU threads of the networks. 0: one or several, whichever is faster at the moment."
DEVICE_HELP = (
    "Where the networks run: cpu, gpu (software too), or auto (a GPU that is not software). Without a GPU "
    "that runs them, the CPU does."
)

Debug = Annotated[
    bool,
    typer.Option("--debug", help="Show Python's traceback of an error instead of one line."),
]
Detector = Annotated[str, typer.Option(help=DETECTOR_HELP)]
SidePacket = Annotated[
    list[str] | None,
    typer.Option("--side-packet", help="A side packet of the graph, as name=value. Repeatable."),
]
GraphPath = Annotated[
    list[Path] | None, typer.Option("--graph-path", help="Folder with your own subgraphs. Repeatable.")
]
AllowGraphFiles = Annotated[
    bool,
    typer.Option(
        "--allow-graph-files",
        help="Let the graph name the files that it writes, hosts, devices and films, and let it replace "
        "files. For graphs that you trust.",
    ),
]
Calculators = Annotated[
    list[Path] | None,
    typer.Option("--calculators", help="Python file with your own calculators. Repeatable."),
]
