"""Training summary: the errors of a run at its start, at its best and at its end, as a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from attention_mesh.models.training.training_log import Row

_TITLE = "errors on held-out pictures, %"
_COLUMNS = ("all", "lips", "eyes", "presence")


def training_summary(rows: Iterable[Row]) -> str | None:
    """A table of errors, one row each for the start, the best and the end of a run.

    Args:
        rows: of a `TrainingLog`.

    Returns:
        None if no errors were measured.
    """
    measured: defaultdict[int, dict[str, float]] = defaultdict(dict)
    final: dict[str, float] = {}
    for step, name, value in rows:
        if name.startswith("error_"):
            measured[step][name.removeprefix("error_")] = value
        elif name.startswith("final_error_"):
            final[name.removeprefix("final_error_")] = value
    lines = {}
    if 0 in measured:
        lines["before the training"] = measured[0]
    later = {step: errors for step, errors in measured.items() if step}
    if later:
        best = min(later, key=lambda step: later[step]["all"])
        lines[f"best on the way, step {best}"] = later[best]
    if final:
        lines["trained network"] = final
    if not lines:
        return None
    width = max(map(len, (_TITLE, *lines)))
    texts = [f"{_TITLE:{width}}" + "".join(f"{name:>10}" for name in _COLUMNS)]
    for name, errors in lines.items():
        texts.append(f"{name:{width}}" + "".join(f"{errors[column]:10.2f}" for column in _COLUMNS))
    return "\n".join(texts)
