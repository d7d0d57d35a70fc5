"""The examples of docs/calculators.md do what the page says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "calculators.md"


def block(after: str) -> str:
    """The fenced block whose first line is the comment `after`."""
    match = re.search(rf"```\w*\n(# {re.escape(after)}\n.*?)```", PAGE.read_text(), re.DOTALL)
    assert match, after
    return match[1]


def test_the_pages_calculator_has_ten_lines_and_runs_from_the_pages_graph(tmp_path):
    source = block("brightness.py")
    body = source[source.index("@calculator") :].strip().splitlines()
    assert len(body) <= 10
    (tmp_path / "brightness.py").write_text(source)
    (tmp_path / "bright_mesh.pbtxt").write_text(block("bright_mesh.pbtxt"))
    program = (
        "import numpy as np; frame = np.full((4, 6, 3), 100, np.uint8)\n"
        + re.search(r"```python\n(import brightness\n.*?)```", PAGE.read_text(), re.DOTALL)[1]
        + "\nfrom attention_mesh.framework.testing import run_calculator\n"
        "image = frame\n"
        + re.search(
            r"```python\nfrom .*?testing import run_calculator\n(.*?)```", PAGE.read_text(), re.DOTALL
        )[1]
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "0 (4, 6, 3)\n"


def test_graph_check_accepts_the_pages_graph_and_names_what_is_wrong_with_a_broken_one(tmp_path):
    (tmp_path / "brightness.py").write_text(block("brightness.py"))
    graph = tmp_path / "bright_mesh.pbtxt"
    graph.write_text(block("bright_mesh.pbtxt"))
    command = [sys.executable, "-m", "attention_mesh", "graph", "check", str(graph)]
    good = subprocess.run(
        [*command, "--calculators", str(tmp_path / "brightness.py")], capture_output=True, text=True
    )
    assert good.returncode == 0, good.stderr
    assert "fit to run; nodes: 2" in good.stdout
    bad = subprocess.run(command, capture_output=True, text=True)
    assert bad.returncode == 1
    assert "line 10 in node BrightnessCalculator: unknown options" in bad.stderr
    assert "--calculators FILE.py" in bad.stderr and "Traceback" not in bad.stderr


def test_the_pages_service_reaches_its_calculator(tmp_path):
    program = block("journal.py") + (
        "\nfrom attention_mesh.framework.testing import run_calculator\n"
        "run_calculator(NoteCalculator, {'': [(0, 'a'), (1, 'b')]}, services={JOURNAL: (notes := [])})\n"
        "print(notes)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("['a', 'b']\n", "")


def test_the_page_profiles_and_traces_its_graph(tmp_path):
    (tmp_path / "brightness.py").write_text(block("brightness.py"))
    (tmp_path / "bright_mesh.pbtxt").write_text(block("bright_mesh.pbtxt"))
    section = PAGE.read_text().partition("## Where a graph spends its time")[2]
    program = "import numpy as np, brightness; frame = np.full((4, 6, 3), 100, np.uint8)\n"
    program += re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    head, *rows = [line.split() for line in done.stdout.splitlines()]
    assert head[:2] == ["node", "calls"] and {row[0]: row[1] for row in rows} == {
        "BrightnessCalculator": "30",
        "PassThroughCalculator": "30",
    }
    calls = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert len([call for call in calls if call["cat"] == "process"]) == 60
