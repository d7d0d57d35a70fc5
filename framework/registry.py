"""Registry: finds the calculator class of a name in a graph, and knows the folders of subgraphs."""

import re
from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import TypeVar

from attention_mesh.framework.calculator_base import Calculator
from attention_mesh.framework.errors import ConfigError

CalculatorType = TypeVar("CalculatorType", bound=type[Calculator])

_calculators: dict[str, type[Calculator]] = {}
_families: dict[str, tuple[re.Pattern[str], type[Calculator], tuple[str, ...]]] = {}
_members: dict[str, type[Calculator]] = {}
_finders: list[Callable[[str], None]] = []
_names: list[Callable[[], list[str]]] = []
_graph_folders: list[Path] = []
# Finders look for files of the name, so that text from a broken graph must not reach them.
_MAY_BE_CALCULATOR = re.compile(r"[A-Z]\w{0,200}Calculator\w{0,40}")
descriptor_sets: list[Path] = [Path(__file__).with_name("framework.binpb")]
"""Compiled message files (*.binpb) that `protos` reads when any message is first looked up."""


def calculator(cls: CalculatorType) -> CalculatorType:
    """Class decorator that makes a calculator usable from any graph, under its class name.

    Raises:
      TypeError: the class does not derive from Calculator.
      ValueError: the name does not end in "Calculator", or a class of another module has it.
    """
    name = cls.__name__
    if not isinstance(cls, type) or not issubclass(cls, Calculator):
        raise TypeError(f"{name} is no calculator: derive it, as in `class {name}(Calculator)`")
    if not name.endswith("Calculator"):
        raise ValueError(f'{name}: a calculator\'s name must end in "Calculator"')
    known = _calculators.get(name)
    if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
        raise ValueError(f"{name} is registered already, by {known.__module__}; choose another name")
    _calculators[name] = cls
    return cls


def calculator_family(pattern: str, names: Iterable[str] = ()) -> Callable[[CalculatorType], CalculatorType]:
    """Class decorator for one calculator that serves every name a pattern matches.

    The first use of a name derives a class of that name. Its attributes are the dict that the class method
    ``specialize(match)`` returns, for example ports of a narrower type; None refuses the name. A calculator
    that is registered under the name itself takes precedence.

    Args:
      pattern: regular expression that matches whole names. Its groups are for `specialize`.
      names: names to list, and to hint at in errors.
    """

    def register(cls: CalculatorType) -> CalculatorType:
        key = f"{cls.__module__}.{cls.__qualname__}"
        _families[key] = (re.compile(pattern), cls, tuple(names))
        for name, member in list(_members.items()):
            if key in {f"{base.__module__}.{base.__qualname__}" for base in member.__mro__}:
                del _members[name]
        return cls

    return register


def _family_member(name: str) -> type[Calculator] | None:
    """The class derived for `name` from the family whose pattern matches it, or None."""
    if name not in _members:
        for pattern, cls, _ in list(_families.values()):
            match = pattern.fullmatch(name)
            attributes = None if match is None else cls.specialize(match)
            if attributes is not None:
                shown = {"__module__": cls.__module__, "__doc__": cls.__doc__, "__qualname__": name}
                _members.setdefault(name, type(name, (cls,), {**shown, **attributes}))
                break
    return _members.get(name)


def add_finder(finder: Callable[[str], None]) -> None:
    """Adds a function that is called with an unknown name and may import the module that registers it."""
    _finders.append(finder)


def add_names(names: Callable[[], list[str]]) -> None:
    """Adds a function that lists names which a finder would find, for hints in errors."""
    _names.append(names)


def add_graph_folder(folder: Path) -> None:
    """Adds a folder below which *.pbtxt and *.binarypb files are found as subgraphs by their `type`."""
    _graph_folders.append(Path(folder))


def graph_folders() -> list[Path]:
    """The folders added so far."""
    return list(_graph_folders)


def run_finders(name: str, found: Container[str]) -> None:
    """Calls the finders with a name, one after another, until it is in `found`."""
    for finder in _finders:
        finder(name)
        if name in found:
            break


def find_calculator(name: str) -> type[Calculator] | None:
    """The class registered under `name`, or None."""
    if name not in _calculators and _MAY_BE_CALCULATOR.fullmatch(name):
        run_finders(name, _calculators)
    return _calculators.get(name) or _family_member(name)


def known_names() -> list[str]:
    """The names of all calculators that a graph could use now."""
    listed = [name for names in _names for name in names()]
    return sorted({*_calculators, *listed, *(name for _, _, names in _families.values() for name in names)})


def closest_names(name: str, candidates: list[str]) -> str:
    """A hint "; did you mean X?" if a candidate is close, otherwise an empty string."""
    import difflib  # here, because only errors need it

    close = difflib.get_close_matches(name, candidates, n=2)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def snake_case(name: str) -> str:
    """The snake case of a class name: ``face_mesh_calculator`` for ``FaceMeshCalculator``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def load_calculator_file(path: Path) -> None:
    """Imports a user's Python file, so that the calculators it decorates are registered.

    Raises:
      ConfigError: the file is missing, is not a Python file, or does not import.
    """
    import importlib.util
    import sys
    from importlib.machinery import SourceFileLoader

    path = Path(path)
    if not path.is_file():
        raise ConfigError(f"no such file with calculators: {path}")
    if path.suffix != ".py":
        raise ConfigError(f"{path} is not a Python file with calculators: its name must end in .py")
    module_name = f"attention_mesh_user_{path.stem}_{abs(hash(str(path.resolve()))):x}"
    if module_name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None and isinstance(spec.loader, SourceFileLoader)  # as its name ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        # Without a cached .pyc, which may be older than a file that was just edited.
        exec(spec.loader.source_to_code(path.read_bytes(), str(path)), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[module_name]
        raise ConfigError(f"{path}: {type(error).__name__}: {error}") from error
