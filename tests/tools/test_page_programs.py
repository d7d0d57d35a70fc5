"""Programs of the pages as modules: every page and every example is there."""

from __future__ import annotations

import ast
from pathlib import Path

from attention_mesh.tools.page_programs import REPOSITORY, write_programs


def test_every_page_with_python_and_every_example_becomes_a_module(tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "of_a_page_that_is_gone.py").touch()
    names = write_programs(tmp_path)
    examples = {file.stem for file in (REPOSITORY / "examples").glob("*.py")}
    pages = {
        f"{page.stem.lower()}_page"
        for page in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
        if "\n```python\n" in page.read_text(encoding="utf-8")
    }
    assert {"readme_page", "python_api_page", "calculators_page"} <= pages
    notebooks = {f"{file.stem}_notebook" for file in (REPOSITORY / "examples").glob("*.ipynb")}
    assert len(notebooks) == 2 and set(names) == examples | pages | notebooks
    for name in names:
        ast.parse((tmp_path / "programs" / f"{name}.py").read_text(encoding="utf-8"))
    readme = (tmp_path / "programs" / "readme_page.py").read_text(encoding="utf-8")
    assert "landmarker.detect(image).landmarks_px" in readme
