"""Table 2 of the paper for the trained networks of a study, on its own data."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_mesh.limits import read_text_file
from attention_mesh.models.attention_mesh.load_network import load_network
from attention_mesh.models.evaluation.crop_errors import crop_errors
from attention_mesh.models.evaluation.landmark_errors import Errors, mean_errors
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.evaluation.study import VARIANTS, Study, TestSet, run_name
from attention_mesh.models.training.labeled_faces import LabeledFaces
from attention_mesh.models.training.run_folder import NETWORK

# Table 2 of arXiv 2006.10962, percent, on its authors' photos.
PAPER = {
    "mesh": Errors(2.99, 3.28, 6.60),
    "cascade": Errors(2.99, 2.70, 6.28),
    "attention mesh": Errors(3.11, 2.89, 6.04),
}
# By row of the table: the variant of the study, and whether only its mesh head counts.
ROWS = {
    "mesh": ("cascade", True),
    "cascade": ("cascade", False),
    "attention mesh": ("attention", False),
    "attention mesh, θ predicted": ("predicted", False),
    "attention mesh, phase 1 only": ("phase1", False),
    "attention mesh, its mesh head alone": ("attention", True),
}
_ERRORS_FILE = "errors.json"


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation over seeds; the deviation of one seed is NaN."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        return cls(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else float("nan"))

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.deviation:.2f}"


Table2 = dict[str, dict[str, dict[str, Spread]]]  # by row, test set, and name in `Errors`


def table2(
    study: Study, base: Path, folder: Path, progress: Callable[[int], object] = lambda done: None
) -> Table2:
    """Mean errors in percent of the networks that `train_study` wrote to `folder`.

    Known landmarks place the crops; `known_errors` gives the errors. The errors of a network are saved beside
    it, and measured again if the network or the test set has changed.

    Args:
        study: the trained networks and the test sets.
        base: folder that relative folders of the study start from.
        folder: of the trained networks.
        progress: called with the number of networks measured so far.
    """
    measured: dict[tuple[str, int], dict[str, dict[str, Errors]]] = {}
    for seed in study.seeds:
        for variant in VARIANTS:
            run = folder / run_name(variant, seed)
            measured[variant, seed] = _measured(run, study.test, base)
            progress(len(measured))
    table: Table2 = {}
    for row, (variant, mesh_alone) in ROWS.items():
        part = "mesh" if mesh_alone else "refined"
        table[row] = {}
        for test in study.test:
            errors = [measured[variant, seed][test.name][part] for seed in study.seeds]
            table[row][test.name] = {
                name: Spread.of([getattr(one, name) for one in errors]) for name in Errors._fields
            }
    return table


def table2_markdown(table: Table2) -> str:
    """Table 2 in percent, mean ± standard deviation over seeds: all, lips and eyes of each test set."""
    tests = list(next(iter(table.values())))
    head = ["network", *(f"{test}: all / lips / eyes" for test in tests), "paper: all / lips / eyes"]
    rows = []
    for name, columns in table.items():
        paper = PAPER.get(name)
        given = "" if paper is None else " / ".join(f"{value:.2f}" for value in paper)
        spreads = [" / ".join(map(str, columns[test].values())) for test in tests]
        rows.append([name, *spreads, given])
    return markdown_table(head, rows)


def _kept(file: Path) -> dict[str, Any]:
    """What was measured before; nothing if the file is missing or damaged."""
    try:
        kept = json.loads(read_text_file(file))
        for entry in kept.values():
            for part in (entry["refined"], entry["mesh"]):
                Errors(**{name: float(value) for name, value in part.items()})
            entry["of"]
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return {}
    return kept


def _measured(run: Path, tests: tuple[TestSet, ...], base: Path) -> dict[str, dict[str, Errors]]:
    """Mean errors of one network, by test set and by "refined" or "mesh"."""
    file = run / _ERRORS_FILE
    kept = _kept(file)
    made_at = (run / NETWORK).stat().st_mtime
    network = None
    for test in tests:
        pictures, labels = test.files(base)
        known = [str(labels), made_at, labels.stat().st_mtime]
        if kept.get(test.name, {}).get("of") == known:
            continue
        network = network or load_network(str(run / NETWORK))
        errors = crop_errors(network, LabeledFaces(pictures, labels))
        kept[test.name] = {"of": known} | {
            name: mean_errors(getattr(errors, name))._asdict() for name in ("refined", "mesh")
        }
        file.write_text(json.dumps(kept, indent=2), encoding="utf-8")
    return {
        test.name: {part: Errors(**kept[test.name][part]) for part in ("refined", "mesh")} for test in tests
    }
