"""The files that tell other programs how to check the repository: they parse, and call what exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML comes with the extra `docs`")

REPOSITORY = Path(__file__).resolve().parents[2]
MAKEFILE = REPOSITORY / "Makefile"
FILES = [REPOSITORY / ".pre-commit-config.yaml", *sorted((REPOSITORY / ".github").rglob("*.yml"))]


def read(file: Path):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_yaml_with_a_mapping(file: Path) -> None:
    assert isinstance(read(file), dict)


def test_the_workflow_runs_make_test_on_two_pythons_and_three_systems() -> None:
    (job,) = read(REPOSITORY / ".github" / "workflows" / "test.yml")["jobs"].values()
    matrix = job["strategy"]["matrix"]
    assert matrix["python"] == ["3.10", "3.13"]  # text: YAML would read 3.10 as 3.1
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert job["steps"][-1]["run"].split()[:2] == ["make", "test"]
    assert job["defaults"]["run"]["shell"] == "bash"


@pytest.mark.parametrize("name", ["bug.yml", "feature.yml"])
def test_an_issue_form_asks_for_something_it_requires(name: str) -> None:
    form = read(REPOSITORY / ".github" / "ISSUE_TEMPLATE" / name)
    assert form["name"] and form["description"]
    ids = [field["id"] for field in form["body"]]
    assert len(ids) == len(set(ids))
    assert all(field["attributes"]["label"] for field in form["body"])
    assert any(field.get("validations", {}).get("required") for field in form["body"])


def test_every_target_that_a_hook_makes_is_in_the_makefile() -> None:
    hooks = [hook for entry in read(FILES[0])["repos"] for hook in entry["hooks"]]
    made = [hook["entry"].split()[-1] for hook in hooks if hook["entry"].startswith("make ")]
    targets = re.findall(r"^([\w-]+):", MAKEFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {"ruff-check", "ruff-format", "mypy"} <= set(made) <= set(targets)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(("system", "folder"), [("Windows_NT", "Scripts"), ("", "bin")])
def test_make_finds_programs_where_the_systems_environments_have_them(system: str, folder: str) -> None:
    command = ["make", "--dry-run", "-f", str(MAKEFILE), f"OS={system}", "ruff-check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f".venv/{folder}/ruff check ." in done.stdout
