"""A training's curves as a picture."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

Row = tuple[int, str, float]  # step, name, value, as `TrainingLog.rows` gives them


def draw_curves(rows: Iterable[Row], file: Path) -> bool:
    """Writes a PNG with one panel for the losses, on a logarithmic scale, and one for validation errors.

    Returns False, and writes nothing, where matplotlib is not installed, which the extra `plot` brings.
    """
    if importlib.util.find_spec("matplotlib") is None:
        return False
    from matplotlib.figure import Figure

    curves: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for step, name, value in rows:
        curves[name.removeprefix("final_")].append((step, value))
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    losses, errors = figure.subplots(1, 2)
    for name, points in sorted(curves.items()):
        panel = errors if name.startswith("error_") else losses
        panel.plot(*zip(*points, strict=True), label=name, marker="." if len(points) < 20 else "")
    for panel, title in ((losses, "training losses"), (errors, "validation errors, %")):
        panel.set(xlabel="step", title=title, ylim=(0, None) if panel is errors else None)
        panel.grid(alpha=0.3)
        if panel.lines:
            panel.legend(fontsize="small")
    if losses.lines:
        losses.set_yscale("log")
    figure.savefig(file, dpi=80)
    return True
