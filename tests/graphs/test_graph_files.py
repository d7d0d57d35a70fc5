"""The shipped graphs keep to one form: one option syntax, and a comment on every stream."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
GRAPHS = sorted((REPOSITORY / "graphs").rglob("*.pbtxt"))
_STREAM = re.compile(r'(?:input|output)_stream: "(?:[A-Z0-9_]+:)*(\w+)"')


def uncommented_streams(text: str) -> list[str]:
    """The streams that no comment describes.

    A stream of the graph itself has a comment above it, which those below it without a blank line share. A
    stream inside the graph is named in the comment above the node that sends it, as "name: type; when empty".
    """
    ports, missing, comment, depth = set(), [], [], 0
    for line in text.splitlines():
        stripped = line.strip()
        if depth == 0:
            if stripped.startswith("#"):
                comment = comment + [stripped] if comment and comment[-1].startswith("#") else [stripped]
            elif match := _STREAM.match(line):
                ports.add(match[1])
                if not comment:
                    missing.append(match[1])
                comment = [*comment, line] if comment else []
            elif not stripped:
                comment = []
        elif depth == 1 and stripped.startswith("output_stream") and (match := _STREAM.match(stripped)):
            described = " ".join(comment)
            if match[1] not in ports and not re.search(rf"\b{match[1]}\b[^.;]*:", described):
                missing.append(match[1])
        if not stripped.startswith("#"):
            depth += line.count("{") - line.count("}")
            if depth == 0 and stripped == "}":
                comment = []
    return missing


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda path: path.stem)
def test_every_stream_is_described(graph):
    assert uncommented_streams(graph.read_text(encoding="utf-8")) == []


def test_a_stream_without_comment_is_found():
    text = """
# np.ndarray (H, W, 3) uint8 RGB.
input_stream: "IMAGE:image"

output_stream: "SIZE:size"

# The size.
node {
  calculator: "ImagePropertiesCalculator"
  input_stream: "IMAGE:image"
  output_stream: "SIZE:inner_size"
}
"""
    assert uncommented_streams(text) == ["size", "inner_size"]


def test_options_are_written_as_node_options_in_graphs_docs_and_docstrings():
    pages = [*GRAPHS, *(REPOSITORY / "docs").glob("*.md"), REPOSITORY / "README.md"]
    pages += sorted((REPOSITORY / "calculators").rglob("*.py")) + sorted(
        (REPOSITORY / "examples").rglob("*.*")
    )
    executor = "mediapipe.ThreadPoolExecutorOptions.ext]"  # an executor has no node_options
    texts = {page.name: page.read_text(encoding="utf-8").replace(executor, "") for page in pages}
    others = [name for name, text in texts.items() if ".ext]" in text]
    assert others == []
