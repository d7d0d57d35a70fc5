"""Lazy names: the public names of a package, each loaded on first use."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Makes a package's `__getattr__` and `__dir__`, so that importing the package costs next to nothing.

    Type checkers do not see such names: the package imports them a second time under `TYPE_CHECKING`.

    Args:
      package: its `__name__`.
      homes: public name -> the module that has it, below the package. If the module's own name is the public
        name, then the module is what the name stands for.
    """

    def load(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: Any = importlib.import_module(f"{package}.{home}")
        if home.rpartition(".")[2] != name:
            value = getattr(value, name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return load, names
