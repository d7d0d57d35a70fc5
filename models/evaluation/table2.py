"""Errors of a study's trained networks: the paper's Table 2 on data of one's own."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attention_mesh.models.attention_mesh.load_network import load_network
from attention_mesh.models.evaluation.compare_picture import compare_picture
from attention_mesh.models.evaluation.crop_errors import crop_errors, predictions
from attention_mesh.models.evaluation.landmark_errors import Errors, mean_errors
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.evaluation.study import VARIANTS, Study, TestSet, run_name
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labelled_faces import LabelledFaces
from attention_mesh.models.training.run_folder import NETWORK

# Table 2 of arXiv 2006.10962, percent, on its authors' photos.
PAPER = {
    "mesh": Errors(2.99, 3.28, 6.60),
    "cascade": Errors(2.99, 2.70, 6.28),
    "attention mesh": Errors(3.11, 2.89, 6.04),
}
# Row of the table → variant of the study, and whether its mesh head alone counts.
ROWS = {
    "mesh": ("cascade", True),
    "cascade": ("cascade", False),
    "attention mesh": ("attention", False),
    "attention mesh, θ predicted": ("predicted", False),
    "attention mesh, phase 1 only": ("phase1", False),
    "attention mesh, its mesh head alone": ("attention", True),
}
_ERRORS_FILE = "errors.json"
_DRAWN = ("mesh", "cascade", "attention mesh")
_ENLARGED = 2  # pixels of the picture a pixel of the network's input


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation over seeds; the latter NaN for one seed."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        return cls(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else float("nan"))

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.deviation:.2f}"


Table2 = dict[str, dict[str, dict[str, Spread]]]  # row → test set → "all", "lips", "eyes"


def table2(
    study: Study, base: Path, folder: Path, progress: Callable[[int], object] = lambda done: None
) -> Table2:
    """Mean errors of the networks that `train_study` left in `folder`, in percent.

    base: what relative folders of the study count from. progress: called with the number of networks that are
    measured. A network's errors are kept beside it, and measured again when it or the test set is newer.
    Faces are cropped as their known landmarks say; errors are those of `known_errors`.
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


def _measured(run: Path, tests: tuple[TestSet, ...], base: Path) -> dict[str, dict[str, Errors]]:
    """Test set → "refined" and "mesh" → mean errors of one network."""
    file = run / _ERRORS_FILE
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    made_at = (run / NETWORK).stat().st_mtime
    network = None
    for test in tests:
        pictures, labels = test.files(base)
        known = [str(labels), made_at, labels.stat().st_mtime]
        if kept.get(test.name, {}).get("of") == known:
            continue
        network = network or load_network(str(run / NETWORK))
        errors = crop_errors(network, LabelledFaces(pictures, labels))
        kept[test.name] = {"of": known} | {
            name: mean_errors(getattr(errors, name))._asdict() for name in ("refined", "mesh")
        }
        file.write_text(json.dumps(kept, indent=2), encoding="utf-8")
    return {
        test.name: {part: Errors(**kept[test.name][part]) for part in ("refined", "mesh")} for test in tests
    }


def study_picture(study: Study, base: Path, folder: Path) -> np.ndarray | None:
    """(H, W, 3) uint8 RGB: the faces that the study wants drawn, with what the networks of the first seed
    find in them; None where it wants none."""
    if not study.drawn:
        return None
    sets = [LabelledFaces(*drawn.files(base)) for drawn in study.drawn]
    size = study.training.sized_preset().input_size * _ENLARGED
    rng = np.random.default_rng(0)
    none = Augmentation.none()
    faces = [none.crop(known[number], size, rng) for known in sets for number in range(len(known))]
    columns: dict[str, list[np.ndarray]] = {"truth": [face.landmarks for face in faces]}
    for row in _DRAWN:
        variant, mesh_alone = ROWS[row]
        network = load_network(str(folder / run_name(variant, study.seeds[0]) / NETWORK))
        columns[row] = [
            _ENLARGED * (mesh if mesh_alone else refined)
            for known in sets
            for _, refined, mesh, _ in predictions(network, known)
        ]
    return compare_picture(faces, columns)
