"""Groups of blend shapes: sums up benchmarks/results/blendshapes.md for docs/blendshapes.md.

    python benchmarks/blendshape_groups.py

Writes the sections of the page that follow from the report. benchmarks/blendshapes.py does it too, after it
has measured.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from attention_mesh.models.evaluation.markdown import markdown_table, write_section

ROOT = Path(__file__).resolve().parents[1]
PAGE, REPORT = ROOT / "docs" / "blendshapes.md", ROOT / "benchmarks" / "results" / "blendshapes.md"
SEEN = ("yes", "partly", "hardly", "never")
COLUMNS = (
    "landmarks",
    "landmarks, calibrated",
    "pictures, official",
    "pictures, open",
    "landmarks, linear fit",
)
# What the names of a group's shapes begin with. Shapes that a picture shows well are apart from the others.
GROUPS = {
    "eyes closed": "eyeBlink",
    "eyes wide": "eyeWide",
    "squint": "eyeSquint|cheekSquint",
    "gaze": "eyeLook",
    "brows": "brow",
    "jaw open": "jawOpen",
    "jaw to the side, forward": "jaw(Left|Right|Forward)",
    "smile": "mouthSmile",
    "frown": "mouthFrown",
    "mouth to the side": "mouth(Left|Right)$",
    "lips rounded or rolled in": "mouth(Pucker|Funnel|Roll)",
    "upper lip up, lower lip down": "mouth(UpperUp|LowerDown)",
    "lips otherwise": "mouth(Close|Dimple|Press|Shrug|Stretch)",
    "cheeks puffed": "cheekPuff",
    "nose": "nose",
}


def shape_rows(report: str) -> dict[str, dict[str, str]]:
    """The cells of the report's table of shapes by shape and column; without the row of means."""
    lines = [line.strip("| ").split(" | ") for line in report.splitlines() if line.startswith("|")]
    head, rows = lines[0], {line[0]: dict(zip(lines[0], line, strict=True)) for line in lines[2:-1]}
    if head[:2] != ["shape", "seen"] or len(rows) != 51:
        raise ValueError(
            f"a table of {len(rows)} rows, {', '.join(head)}; expected 51 shapes and what is seen"
        )
    return rows


def group_table(report: str) -> str:
    """Means over the shapes of each group, of the cells "error / correlation"."""
    shapes, rows = shape_rows(report), []
    for group, pattern in GROUPS.items():
        members = [cells for name, cells in shapes.items() if re.match(pattern, name)]
        row = [f"{group} ({len(members)})"]
        for column in COLUMNS:
            error, correlation = np.mean(
                [np.array(cells[column].split(" / "), float) for cells in members], 0
            )
            row.append(f"{error:.3f} / {correlation:.2f}")
        rows.append(row)
    return markdown_table(["shapes", *COLUMNS], rows, aligned=False)


def seen_table(report: str) -> str:
    """The shapes by what one picture shows of them; of two sides, the one of which it shows less counts."""
    shapes = shape_rows(report)
    worst: dict[str, int] = {}
    for name, cells in shapes.items():
        base = re.sub("(?<!^jaw)(?<!^mouth)(Left|Right)$", "", name)
        worst[base] = max(worst.get(base, 0), SEEN.index(cells["seen"]))
    worst["tongueOut"] = SEEN.index("never")
    rows = [
        [seen, ", ".join(base for base, place in worst.items() if place == rank)]
        for rank, seen in enumerate(SEEN)
    ]
    return markdown_table(["seen", "shapes"], rows, aligned=False)


def main() -> None:
    """Writes the page's sections."""
    report = REPORT.read_text(encoding="utf-8")
    write_section(PAGE, "seen", seen_table(report))
    write_section(PAGE, "groups", group_table(report))


if __name__ == "__main__":
    main()
