"""Writes the tables of docs/compatibility.md: `python tools/compatibility.py [--python-tests]`.

With --python-tests MediaPipe's own Python tests are run as well (needs `make peer`), else their table stays.

What is registered and which options there are comes from the package itself; tools/compatibility.json says
where a name differs from MediaPipe's. A name that is in one of the two only is an error.
"""

from __future__ import annotations

import fnmatch
import json
import subprocess
import sys
from pathlib import Path

from attention_mesh import calculators
from attention_mesh.framework import registry
from attention_mesh.framework.protos import message_class
from attention_mesh.models.evaluation.markdown import markdown_table, with_section

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "compatibility.md"
FACTS = Path(__file__).with_name("compatibility.json")
PACKAGE = "mediapipe"
# Registered under no name: the engine writes its nodes.
BUILT_IN_SUBGRAPHS = ("SwitchContainer",)


def built_in_names() -> list[str]:
    """The package's own calculators: a program may have registered more."""
    own = f"{calculators.__name__}."
    known = calculators.names() + registry.known_names()
    return sorted({name for name in known if registry.find_calculator(name).__module__.startswith(own)})


def calculator_rows(facts: dict) -> list[list[str]]:
    """One row a name, or a family of names; raises ValueError for names without a row and the reverse."""
    rows = facts["calculators"]
    ours = [*built_in_names(), *BUILT_IN_SUBGRAPHS]
    exact = set(rows) | set(facts["native"])
    matches = {
        pattern: [
            name for name in ours if name == pattern or (name not in exact and fnmatch.fnmatch(name, pattern))
        ]
        for pattern in rows
    }
    missing = set(ours) - {name for names in matches.values() for name in names} - set(facts["native"])
    if missing:
        raise ValueError(f"{FACTS.name} says nothing of {', '.join(sorted(missing))}")
    if empty := [pattern for pattern, names in matches.items() if not names]:
        raise ValueError(f"{FACTS.name} speaks of what is not registered: {', '.join(empty)}")
    return [
        [f"`{name.replace('*', '…')}`", "differs" if note else "supported", note.replace("|", "/")]
        for name, note in sorted(rows.items(), key=lambda row: row[0].strip("*"))
    ]


def option_rows(facts: dict) -> list[list[str]]:
    """One row a message of options; raises ValueError for a note about a field that does not exist."""
    messages = set()
    for name in built_in_names():
        options = registry.find_calculator(name).Options
        if isinstance(options, str):
            messages.add(options)
    rows = []
    for full_name in sorted(messages):
        short = full_name.removeprefix(f"{PACKAGE}.")
        fields = [field.name for field in message_class(full_name).DESCRIPTOR.fields]
        notes = facts["options"].get(short, {})
        if unknown := set(notes) - set(fields):
            raise ValueError(f"{FACTS.name}: {short} has no {', '.join(unknown)}")
        honoured = [name for name in fields if name not in notes]
        rows.append(
            [
                f"`{short}`",
                ", ".join(f"`{name}`" for name in honoured) or "–",
                "; ".join(f"`{name}`: {what}" for name, what in notes.items()),
            ]
        )
    if unknown := set(facts["options"]) - {name.removeprefix(f"{PACKAGE}.") for name in messages}:
        raise ValueError(f"{FACTS.name}: no calculator has {', '.join(unknown)}")
    return rows


def tables() -> dict[str, str]:
    """The page's generated parts, by name."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    absent = [[f"{name}", why] for name, why in facts["absent_calculators"].items()]
    return {
        "calculators": markdown_table(
            ["calculator", "", "how it differs"], calculator_rows(facts), aligned=False
        ),
        "absent calculators": markdown_table(["absent", "why"], absent, aligned=False),
        "options": markdown_table(["options", "honoured", "the rest"], option_rows(facts), aligned=False),
    }


def python_tests_table() -> str:
    """What MediaPipe's Python tests say of this package, run now."""
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
    """The page with its generated parts made anew."""
    for name, content in (tables() | more).items():
        text = with_section(text, name, content)
    return text


if __name__ == "__main__":
    extra = {"python tests": python_tests_table()} if "--python-tests" in sys.argv else {}
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), **extra), encoding="utf-8")
