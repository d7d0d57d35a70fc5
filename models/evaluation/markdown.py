"""Tables 1 and 2 as Markdown, to print and to write into a page."""

from __future__ import annotations

from collections.abc import Mapping

from attention_mesh.models.evaluation.latency import PAPER_MS, Latency
from attention_mesh.models.evaluation.markdown_table import markdown_table
from attention_mesh.models.evaluation.table2 import PAPER, Spread, Table2

_ERRORS = ("all", "lips", "eyes")


def table1_markdown(measured: Mapping[str, Latency]) -> str:
    """Rows of `PAPER_MS`, and what the attention mesh saves against the cascade."""
    rows = []
    for name, paper in PAPER_MS.items():
        time = measured.get(name)
        ours = "–" if time is None else f"{time.median:.2f} ({time.lower:.2f}–{time.upper:.2f})"
        rows.append([name, ours, f"{paper:.2f}"])
    saved = [
        f"{1 - table['attention mesh'] / table['cascade']:.0%}"
        for table in ({name: value.median for name, value in measured.items()}, PAPER_MS)
    ]
    rows.append(["the attention mesh takes less time by", *saved])
    return markdown_table(["network", "ms, median (quartiles)", "paper, ms (a phone's GPU)"], rows)


def table2_markdown(table: Table2) -> str:
    """Percent, mean ± standard deviation over seeds: all, lips and eyes, of each test set and the paper's."""
    tests = list(next(iter(table.values())))
    head = ["network", *(f"{test}: all / lips / eyes" for test in tests), "paper: all / lips / eyes"]
    rows = []
    for name, columns in table.items():
        paper = PAPER.get(name)
        given = "" if paper is None else f"{paper.all:.2f} / {paper.lips:.2f} / {paper.eyes:.2f}"
        spreads = [" / ".join(_spread(columns[test][error]) for error in _ERRORS) for test in tests]
        rows.append([name, *spreads, given])
    return markdown_table(head, rows)


def _spread(spread: Spread) -> str:
    return f"{spread.mean:.2f} ± {spread.deviation:.2f}"
