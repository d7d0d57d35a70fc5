"""The built-in calculators, one a file; found by name when a graph first uses them."""

import importlib
from functools import cache
from os import PathLike
from pathlib import Path

from attention_mesh.framework import conversions, registry, resources

_FOLDER = Path(__file__).parent


def _find(name: str) -> None:
    """Imports calculators/<room>/<snake_case name>.py, which registers the class of that name.

    Without such a file, imports the families, calculators/<room>/*_family.py: one of them may serve the name.
    """
    stem = registry.snake_case(name)
    if stem in _rooms():
        _import(stem)
    else:
        _import_families()


@cache
def _rooms() -> dict[str, str]:
    """The room of each module of calculators, by the module's name."""
    return {file.stem: file.parent.name for file in sorted(_FOLDER.glob("*/*.py"))}


def _import(stem: str) -> None:
    importlib.import_module(f"{__name__}.{_rooms()[stem]}.{stem}")


@cache
def _import_families() -> None:
    for stem in _rooms():
        if stem.endswith("_family"):
            _import(stem)


def names() -> list[str]:
    """The class names of all built-in calculators, from their file names; families add theirs."""
    _import_families()
    return sorted(
        "".join(part.capitalize() for part in stem.split("_"))
        for stem in _rooms()
        if stem.endswith("_calculator")
    )


def _official_model(path: str | PathLike) -> Path | None:
    """The file of an official model, fetched to the cache if need be; None for any other path."""
    from attention_mesh.models.weights import ModelStore, official_name

    name = official_name(Path(path))
    return None if name is None else ModelStore().official_path(name)


_ARRAY, _PICTURE = "numpy.ndarray", "attention_mesh.webgpu.gpu_buffer.GpuBuffer"
conversions.add_conversion(_ARRAY, _PICTURE, "ImageFrameToGpuBufferCalculator")
conversions.add_conversion(_PICTURE, _ARRAY, "GpuBufferToImageFrameCalculator")
resources.add_finder(_official_model)
registry.add_finder(_find)
registry.add_names(names)
registry.descriptor_sets.append(_FOLDER / "calculators.binpb")
registry.add_graph_folder(_FOLDER.parent / "graphs")
