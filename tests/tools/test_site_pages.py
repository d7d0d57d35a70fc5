"""The site's hook: links lead where they led in the repository, and every linked file is in the site."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_pages", REPOSITORY / "tools" / "site_pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["site_pages"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        # Within docs/ nothing changes.
        ("docs/cli.md", "[a](training.md#faces)", "[a](training.md#faces)"),
        ("docs/reference/geometry.md", "[a](../cli.md)", "[a](../cli.md)"),
        # docs/ is the site's root, so what lies beside it moves below.
        ("docs/python_api.md", "[a](../examples/photo.py)", "[a](examples/photo.py.md)"),
        ("docs/compatibility.md", "[a](../graphs/mediapipe)", "[a](graphs/mediapipe/index.md)"),
        ("docs/design.md", "[a](../README.md#try-it)", "[a](index.md#try-it)"),
        ("README.md", "![a](docs/astronaut.png)", "![a](astronaut.png)"),
        ("CONTRIBUTING.md", "[a](docs/build.md)", "[a](build.md)"),
        ("examples/README.md", "[a](photo.py)", "[a](photo.py.md)"),
        # A folder's links count from the folder.
        ("graphs/mediapipe", "[a](face_detection.pbtxt)", "[a](face_detection.pbtxt.md)"),
        # These are no links of ours.
        ("docs/cli.md", "[a](https://arxiv.org/a) [b](#c)", "[a](https://arxiv.org/a) [b](#c)"),
        ("docs/cli.md", "```\n[a](../README.md)\n```\n", "```\n[a](../README.md)\n```\n"),
        # mkdocs reports it: the link stays.
        ("docs/cli.md", "[a](../nowhere.md)", "[a](../nowhere.md)"),
    ],
)
def test_a_link_leads_to_the_same_page_in_the_site(
    hook: ModuleType, page: str, text: str, expected: str
) -> None:
    assert hook.for_site(page, text) == expected


def test_what_is_linked_from_linked_pages_is_in_the_site_too(hook: ModuleType) -> None:
    pages = hook.linked_pages()
    assert pages["index.md"] == "README.md"
    assert pages["examples/README.md"] == "examples/README.md"
    assert pages["examples/photo.py.md"] == "examples/photo.py"  # linked by the page above alone
    assert pages["graphs/mediapipe/index.md"] == "graphs/mediapipe"
    assert pages["astronaut.png"] == "docs/astronaut.png"


def test_a_program_is_shown_as_code_and_a_folder_as_a_list(hook: ModuleType) -> None:
    program = hook.content("examples/webcam.py")
    source = (REPOSITORY / "examples" / "webcam.py").read_text(encoding="utf-8")
    assert program == f"# examples/webcam.py\n\n```python\n{source.rstrip()}\n```\n"
    folder = hook.content("graphs/mediapipe")
    assert "- [face_detection.pbtxt](face_detection.pbtxt)\n" in folder


@pytest.mark.parametrize("room", ["geometry", "calculators/face"])
def test_the_reference_lists_every_module_of_a_room(hook: ModuleType, room: str) -> None:
    text = hook.with_modules(f"# A room\n\n<!-- every module of {room} -->\n")
    modules = [file.stem for file in (REPOSITORY / room).glob("*.py") if file.stem != "__init__"]
    assert [line for line in text.splitlines() if line.startswith(":::")] == [
        f"::: attention_mesh.{room.replace('/', '.')}.{module}" for module in sorted(modules)
    ]


def test_a_notebook_is_a_page_with_its_texts_and_code(hook: ModuleType) -> None:
    page = hook.content("examples/photo_to_landmarks.ipynb")
    assert page.startswith("# From a photo to landmarks\n") and "```python\nfrom pathlib import Path" in page
    assert "[Landmarks by name](../landmarks.md)" in hook.for_site("examples/photo_to_landmarks.ipynb", page)
