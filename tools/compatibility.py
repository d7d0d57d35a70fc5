"""The tables of docs/compatibility.md: `python tools/compatibility.py [--python-tests]` writes them.

The package itself says which calculators and options exist. tools/compatibility.json says how they differ
from MediaPipe's. A name that only one of the two knows is an error.

With --python-tests, MediaPipe's own Python tests run too; they need `make peer`. Otherwise their table stays.
"""

from __future__ import annotations

import fnmatch
import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

from attention_mesh import calculators
from attention_mesh.framework import Calculator, registry
from attention_mesh.framework.protos import message_class
from attention_mesh.models.evaluation.markdown import markdown_table, with_section

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "compatibility.md"
FACTS = Path(__file__).with_name("compatibility.json")
PACKAGE = "mediapipe"
# The registry does not list it, because the engine writes its nodes.
BUILT_IN_SUBGRAPHS = ("SwitchContainer",)


class CalculatorFacts(TypedDict):
    """What compatibility.json says of calculators.

    own: names that MediaPipe does not have. calculators: name, or pattern of names → how it differs, or "".
    """

    own: list[str]
    calculators: dict[str, str]


class Facts(CalculatorFacts):
    """The whole of compatibility.json.

    absent_calculators: names in MediaPipe → why they are absent. options: short name of an options message →
    field → what happens to it. Fields that are not listed are honored.
    """

    absent_calculators: dict[str, str]
    options: dict[str, dict[str, str]]


def built_in_names() -> list[str]:
    """The package's own calculators, without those that a program has registered."""
    own = f"{calculators.__name__}."
    known = calculators.names() + registry.known_names()
    return sorted({name for name in known if registry.find_calculator(name).__module__.startswith(own)})


def calculator_rows(facts: CalculatorFacts) -> list[list[str]]:
    """One row for each name, or family of names.

    Raises:
      ValueError: a calculator has no row, or a row has no calculator.
    """
    rows = facts["calculators"]
    names = [*built_in_names(), *BUILT_IN_SUBGRAPHS]
    exact = set(rows) | set(facts["own"])
    matches = {
        pattern: [
            name
            for name in names
            if name == pattern or (name not in exact and fnmatch.fnmatch(name, pattern))
        ]
        for pattern in rows
    }
    missing = set(names) - {name for found in matches.values() for name in found} - set(facts["own"])
    if missing:
        raise ValueError(f"{FACTS.name} says nothing of {', '.join(sorted(missing))}")
    if empty := [pattern for pattern, found in matches.items() if not found]:
        raise ValueError(f"{FACTS.name} lists names that are not registered: {', '.join(empty)}")
    return [
        [f"`{name.replace('*', '…')}`", "differs" if note else "supported", note.replace("|", "/")]
        for name, note in sorted(rows.items(), key=lambda row: row[0].strip("*"))
    ]


def option_rows(facts: Facts) -> list[list[str]]:
    """One row for each message of options.

    Raises:
      ValueError: a note is about a field or a message that does not exist.
    """
    found = [registry.find_calculator(name) for name in built_in_names()]
    nodes = [node for node in found if node is not None and issubclass(node, Calculator)]
    messages = {node.Options for node in nodes if isinstance(node.Options, str)}
    rows = []
    for full_name in sorted(messages):
        short = full_name.removeprefix(f"{PACKAGE}.")
        fields = [field.name for field in message_class(full_name).DESCRIPTOR.fields]
        notes = facts["options"].get(short, {})
        if unknown := set(notes) - set(fields):
            raise ValueError(f"{FACTS.name}: {short} has no {', '.join(unknown)}")
        honored = [name for name in fields if name not in notes]
        rows.append(
            [
                f"`{short}`",
                ", ".join(f"`{name}`" for name in honored) or "–",
                "; ".join(f"`{name}`: {what}" for name, what in notes.items()),
            ]
        )
    if unknown := set(facts["options"]) - {name.removeprefix(f"{PACKAGE}.") for name in messages}:
        raise ValueError(f"{FACTS.name}: no calculator has {', '.join(unknown)}")
    return rows


def tables() -> dict[str, str]:
    """The page's generated parts, by name."""
    facts: Facts = json.loads(FACTS.read_text(encoding="utf-8"))
    absent = [[name, why] for name, why in facts["absent_calculators"].items()]
    return {
        "calculators": markdown_table(
            ["calculator", "", "how it differs"], calculator_rows(facts), aligned=False
        ),
        "absent calculators": markdown_table(["absent", "why"], absent, aligned=False),
        "options": markdown_table(["options", "honored", "the rest"], option_rows(facts), aligned=False),
    }


def python_tests_table() -> str:
    """The results of MediaPipe's Python tests on this package, which run now."""
    script = REPOSITORY / "tests" / "python_bindings" / "mediapipe_api" / "mediapipe_python_tests.py"
    run = subprocess.run([sys.executable, str(script), "--json"], capture_output=True, text=True)
    files = json.loads(run.stdout)["files"]
    rows = [
        [
            f"`{file['file']}`",
            f"{file['passed']} of {file['total']}",
            ", ".join(f"`{failure}`" for failure in file["failures"]),
        ]
        for file in files
    ]
    counts = [sum(file[key] for file in files) for key in ("passed", "total")]
    rows.append(["all", "{} of {}".format(*counts), ""])
    return markdown_table(["file", "passed", "not"], rows, aligned=False)


def with_tables(text: str, **more: str) -> str:
    """The page's text with its generated parts replaced."""
    for name, content in (tables() | more).items():
        text = with_section(text, name, content)
    return text


if __name__ == "__main__":
    extra = {"python tests": python_tests_table()} if "--python-tests" in sys.argv else {}
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), **extra), encoding="utf-8")
