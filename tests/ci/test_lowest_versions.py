"""The constraints of `make lowest`: the lowest versions that pyproject.toml allows."""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REPOSITORY = Path(__file__).resolve().parents[2]
CONSTRAINTS = REPOSITORY / ".ci" / "lowest-versions.txt"
FOR_DEVELOPERS = ("dev", "docs")  # what these bring is no part of what users run


def floors() -> dict[str, str]:
    """Name → lowest version of every package that users install."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    users = [requirement for name in extras.keys() - FOR_DEVELOPERS for requirement in extras[name]]
    pattern = re.compile(r"([\w.-]+)(?:\[\w+\])?>=([\d.]+)")
    matches = [pattern.match(requirement) for requirement in [*project["dependencies"], *users]]
    assert None not in matches, "every requirement names its lowest version"
    return {match[1]: match[2] for match in matches if match}


def constraints() -> dict[str, str]:
    """Name → version of every constraint."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {name: version for name, version in pairs}


def test_the_constraints_name_the_packages_of_pyproject_and_no_other() -> None:
    assert constraints().keys() == floors().keys()


def test_every_constraint_is_the_floor_of_pyproject() -> None:
    """`>=4.9` is tried with 4.9.0.80, the first 4.9 there is."""
    pinned = constraints()
    higher = {
        name: f"{pinned[name]} does not begin with {floor}"
        for name, floor in floors().items()
        if not f"{pinned[name]}.".startswith(f"{floor}.")
    }
    assert not higher
