"""MediaPipe's own graphs, as they lie in a checkout of it, on this engine.

    python tools/mediapipe_tree.py CHECKOUT [--film FILM] [--photo PHOTO] [--faces] [--markdown | --docs]

Checks every .pbtxt file below CHECKOUT that is a graph, each with the subgraphs beside it and the built-in
ones, or else with all of CHECKOUT/modules. With --film or --photo, every graph that takes frames or reads a
film itself also runs on that, from its own folder, by `attention-mesh run`; graphs for a GPU run on the
adapter that ATTENTION_MESH_ADAPTER names, or the best one. With --faces, only the folders of faces and irises
count. --docs writes the tables into docs/compatibility.md. A photo for `iris_depth_cpu` needs EXIF with a
focal length.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from attention_mesh import calculators
from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.cli.run.side_packets import side_packet_of_port
from attention_mesh.framework import ConfigError, ValidatedGraph
from attention_mesh.framework.port_types import members
from attention_mesh.models.evaluation.markdown import markdown_table, with_section
from attention_mesh.python_bindings.cpu_images import with_cpu_images

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "compatibility.md"
FACE_FOLDERS = (
    "graphs/face_detection",
    "graphs/face_mesh",
    "graphs/iris_tracking",
    "modules/face_detection",
    "modules/face_geometry",
    "modules/face_landmark",
    "modules/iris_landmark",
)
MAX_FRAMES = 30  # of the film; a graph that reads the film itself reads it whole
TIMEOUT_S = 600
# Networks for the graphs that take them as side packets.
MODELS = {"face_detection_model": "face_detection_short_range", "face_landmark_model": "face_landmark"}
TEMPLATE = "options that the graph around it gives"
NODES = "nodes that do not exist here"
ERROR = "something else"
_NO_GRAPH = 'Message type "mediapipe.CalculatorGraphConfig" has no field'
_IS_TEMPLATE = re.compile(r"^graph_options\b", re.M)
_UNKNOWN = re.compile(
    r'Unable to find Calculator "(\w+)"|unknown options [\w.]*?(\w+)Options|in node (?:"[^"]+" \()?(\w+)|'
    r'Extension "[\w.]*?(\w+)Options\.ext" not'
)


@dataclass
class GraphReport:
    """What became of one graph.

    Attributes:
      name: its path below the checkout.
      validates: whether it is fit to run.
      needs_modules: whether it validates only with the checkout's modules as graph path.
      film, photo: "runs", the error, or "" if it was not run: there was nothing to run it on, or it is a part
        of other graphs.
      needs: what it needs that is not here: TEMPLATE, NODES or ERROR; "" if it validates.
      details: names of nodes, or the text of the error.
    """

    name: str
    validates: bool = False
    needs_modules: bool = False
    film: str = ""
    photo: str = ""
    needs: str = ""
    details: list[str] = field(default_factory=list)


def check(checkout: Path, file: Path) -> tuple[GraphReport, ValidatedGraph | None] | None:
    """Checks one file of a checkout; None if it holds no graph but another message."""
    report = GraphReport(file.relative_to(checkout).as_posix())
    try:
        graph = ValidatedGraph(file)
    except ConfigError as error:
        if _NO_GRAPH in str(error):
            return None
        _explain(report, file, str(error))
    else:
        report.validates = True
        return report, graph
    try:
        graph = ValidatedGraph(file, [checkout / "modules"])
    except ConfigError as error:
        deeper = GraphReport(report.name)
        _explain(deeper, file, str(error))
        if report.needs == deeper.needs == NODES:  # those that the checkout's own subgraphs need
            report.details = deeper.details
        return report, None
    report.validates = report.needs_modules = True
    report.needs, report.details = "", []
    return report, graph


def _explain(report: GraphReport, file: Path, error: str) -> None:
    text = file.read_text(encoding="utf-8")
    names = list(dict.fromkeys(next(filter(None, found)) for found in _UNKNOWN.findall(error)))
    known = set(calculators.names())
    missing = [name for name in names if name not in known and name != "SwitchContainer"]
    report.details = missing or [error.splitlines()[0]]
    if missing:
        report.needs = NODES
    elif _IS_TEMPLATE.search(text):
        report.needs = TEMPLATE
    else:
        report.needs = ERROR


def output_suffix(graph: ValidatedGraph, still: bool) -> str | None:
    """The kind of file that a run of the graph writes; None if it is a part that cannot run by itself."""
    picture = ".png" if still else ".mp4"
    graph = with_cpu_images(graph)
    if not graph.inputs:
        reads = side_packet_of_port(graph, "INPUT_FILE_PATH")
        return picture if reads and side_packet_of_port(graph, "OUTPUT_FILE_PATH") and not still else None
    try:
        ports = GraphPorts.of(graph)
    except UsageError:
        return None
    tag = next(entry.tag for entry in graph.inputs if entry.name == ports.input)
    types = [kind for each in graph.input_types(ports.input) for kind in members(each)]
    if tag == "TENSORS" or (types and not {np.ndarray, bytes} & set(types)):
        return None
    if ports.image is not None:
        return picture
    return ".csv" if ports.landmarks is not None else None


def run(file: Path, graph: ValidatedGraph, source: Path, still: bool) -> str:
    """Runs a graph from its own folder; returns "runs", the error, or "" for a part of other graphs."""
    suffix = output_suffix(graph, still)
    if suffix is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "attention_mesh",
            "run",
            "--graph",
            file.name,
            "--input",
            str(source),
        ]
        command += ["--output", str(Path(folder) / f"out{suffix}")]
        given = [entry.name for entry in graph.side_inputs if entry.name in MODELS]
        command += [part for name in given for part in ("--side-packet", f"{name}={MODELS[name]}")]
        if graph.inputs and not still:
            command += ["--max-frames", str(MAX_FRAMES)]
        result = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, timeout=TIMEOUT_S)
    if result.returncode == 0:
        return "runs"
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    problem = lines[-1].removeprefix("error: ") if lines else f"exit code {result.returncode}"
    # A graph that needs more than frames is a part, or needs side packets that only a program has.
    return "" if result.returncode == 2 else problem


def examine(
    checkout: Path, folders: tuple[str, ...], film: Path | None, photo: Path | None
) -> list[GraphReport]:
    """Checks all graphs of some folders, and runs those that can run."""
    reports = []
    files = {file for folder in folders for file in (checkout / folder).rglob("*.pbtxt")}
    for file in sorted(files):
        found = check(checkout, file)
        if found is None:
            continue
        report, graph = found
        if graph is not None and not report.needs_modules:
            report.film = run(file, graph, film.resolve(), still=False) if film else ""
            report.photo = run(file, graph, photo.resolve(), still=True) if photo else ""
        reports.append(report)
    return reports


def is_about_faces(report: GraphReport) -> bool:
    """Whether it is one of the face detectors', the face mesh's or the irises' graphs."""
    return report.name.startswith(tuple(f"{folder}/" for folder in FACE_FOLDERS))


def _verdict(report: GraphReport) -> str:
    if report.needs_modules:
        return "with `--graph-path modules`"
    return "yes" if report.validates else "no"


def graph_table(reports: list[GraphReport]) -> str:
    """A row for each graph."""
    rows = [
        [
            f"`mediapipe/{report.name}`",
            _verdict(report),
            report.film or "–",
            report.photo or "–",
            f"needs {report.needs}: {', '.join(report.details)}"
            if report.needs == NODES
            else f"needs {report.needs}"
            if report.needs
            else "",
        ]
        for report in reports
    ]
    return markdown_table(["graph", "validates", "film", "photo", "why not"], rows, aligned=False)


def count_table(reports: list[GraphReport]) -> str:
    """How many graphs validate in each folder of graphs and modules, and what the others need."""
    groups: dict[str, list[GraphReport]] = {}
    for report in reports:
        groups.setdefault("/".join(report.name.split("/")[:2]), []).append(report)
    groups = dict(sorted(groups.items())) | {"all": reports}
    rows = []
    for name, inside in groups.items():
        counts = Counter(report.needs for report in inside)
        missing = Counter(node for r in inside if r.needs == NODES for node in r.details)
        named = ", ".join(f"`{node}`" for node, _ in missing.most_common()) if name != "all" else ""
        numbers = [len(inside), counts[""], counts[NODES], counts[TEMPLATE] + counts[ERROR]]
        rows.append([f"`mediapipe/{name}`" if name != "all" else name, *map(str, numbers), named])
    head = ["folder", "graphs", "validate", "nodes", "options", "nodes that do not exist here"]
    return markdown_table(head, rows, aligned=False)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path, help="the folder mediapipe/ of a checkout")
    parser.add_argument("--film", type=Path, help="a film to run the graphs on")
    parser.add_argument("--photo", type=Path, help="a photo to run the graphs on")
    parser.add_argument("--faces", action="store_true", help="only the graphs of faces and irises")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="print the tables as they stand in the docs")
    form.add_argument("--docs", action="store_true", help=f"write the tables into {PAGE.name}")
    arguments = parser.parse_args()
    reports = examine(
        arguments.checkout, FACE_FOLDERS if arguments.faces else ("",), arguments.film, arguments.photo
    )
    if not reports:
        parser.error(f"{arguments.checkout}: no graph below it; give the folder mediapipe/ of a checkout")
    if arguments.docs:
        page = PAGE.read_text(encoding="utf-8")
        page = with_section(page, "mediapipe face graphs", graph_table(list(filter(is_about_faces, reports))))
        page = with_section(page, "mediapipe tree", count_table(reports))
        PAGE.write_text(page, encoding="utf-8")
    elif arguments.markdown:
        print(graph_table(reports), count_table(reports), sep="\n")
    else:
        for report in reports:
            runs = "".join(
                f", {kind}: {what}" for kind in ("film", "photo") if (what := getattr(report, kind))
            )
            why = f", needs {report.needs}: {', '.join(report.details)}" if report.needs else ""
            print(f"{report.name}: validates: {_verdict(report)}{runs}{why}")
        print(f"{sum(report.validates for report in reports)} of {len(reports)} graphs validate")


if __name__ == "__main__":
    main()
