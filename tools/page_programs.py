"""Programs of README, docs and examples as modules that mypy checks: `python tools/page_programs.py FOLDER`.

FOLDER/programs becomes a package: a module per page, with the page's Python blocks one after another, one per
notebook with its cells, and a copy of each example.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = "programs"
# What pages take for granted, unless they make it themselves.
_GIVEN = {
    "image": "np.ndarray",
    "images": "np.ndarray",
    "frame": "np.ndarray",
    "bgr": "np.ndarray",
    "width": "int",
    "height": "int",
    "graph": "framework.CalculatorGraph",
}
_IMPORTS = "import numpy as np\nfrom attention_mesh import framework\n"
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def write_programs(folder: Path) -> list[str]:
    """Replaces FOLDER/programs and returns the names of its modules."""
    package = folder / PACKAGE
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    for page in [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]:
        blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
        if blocks:
            file = package / f"{page.stem.lower()}_page.py"
            file.write_text(_with_given("\n".join(blocks)), encoding="utf-8")
    for example in sorted((REPOSITORY / "examples").glob("*.py")):
        shutil.copyfile(example, package / example.name)
    for notebook in sorted((REPOSITORY / "examples").glob("*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        (package / f"{notebook.stem}_notebook.py").write_text("\n".join(code) + "\n", encoding="utf-8")
    return sorted(file.stem for file in package.glob("*.py") if file.stem != "__init__")


def _with_given(program: str) -> str:
    made = set(re.findall(r"^(\w+) = ", program, re.MULTILINE))
    given = [f"{name}: {kind}\n" for name, kind in _GIVEN.items() if name not in made]
    return _IMPORTS + "".join(given) + program


if __name__ == "__main__":
    write_programs(Path(sys.argv[1]))
