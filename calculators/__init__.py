"""The built-in calculators, one a file; found by name when a graph first uses them."""

import importlib
from pathlib import Path

from attention_mesh.framework import registry

_FOLDER = Path(__file__).parent


def _find(name: str) -> None:
    """Imports calculators/<room>/<snake_case name>.py, which registers the class of that name."""
    for file in sorted(_FOLDER.glob(f"*/{registry.snake_case(name)}.py")):
        importlib.import_module(f"{__name__}.{file.parent.name}.{file.stem}")


def names() -> list[str]:
    """The class names of all built-in calculators, from their file names."""
    return sorted(
        "".join(part.capitalize() for part in file.stem.split("_"))
        for file in _FOLDER.glob("*/*_calculator.py")
    )


registry.add_finder(_find)
registry.add_names(names)
registry.descriptor_sets.append(_FOLDER / "calculators.binpb")
registry.add_graph_folder(_FOLDER.parent / "graphs")
