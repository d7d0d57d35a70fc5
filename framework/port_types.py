"""Types of ports: a class, a union of classes, or `object` for any."""

import types
import typing
from typing import Any

_UNIONS = (typing.Union, types.UnionType)
_MADE_IN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE


def plain_type(declared: Any) -> Any:
    """The type to check values against: list for ``list[int]``, object for `Any`, unions member by member.

    Raises:
      TypeError: `declared` is not a type.
    """
    if declared is Any:
        return object
    origin = typing.get_origin(declared)
    if origin in _UNIONS:
        members = tuple(plain_type(member) for member in typing.get_args(declared))
        return object if object in members else typing.Union[members]  # noqa: UP007
    plain = declared if origin is None else origin
    if not isinstance(plain, type):
        raise TypeError(f"{declared!r} is no class; a port's type is a class, a union of classes, or object")
    return plain


def type_name(declared: Any) -> str:
    """A port's type as errors call it: "ndarray", "int | str"."""
    return " | ".join(member.__name__ for member in members(declared))


def is_subtype(produced: Any, wanted: Any) -> bool:
    """Whether every value of type `produced` is one of type `wanted`."""
    return all(issubclass(member, members(wanted)) for member in members(produced))


def is_value_of(value: Any, wanted: Any) -> bool:
    """Whether a value fits a port. An int also fits a port of float."""
    if isinstance(value, wanted):
        return True
    return float in members(wanted) and isinstance(value, int) and not isinstance(value, bool)


def exclude_one_another(one: Any, other: Any) -> bool:
    """Whether no value fits both: their classes are laid out differently in memory, as int and str are."""
    return not any(_fit_together(a, b) for a in members(one) for b in members(other))


def _fit_together(a: type, b: type) -> bool:
    if issubclass(a, b) or issubclass(b, a):
        return True
    for one, other in ((a, b), (b, a)):
        if one is float and issubclass(other, int) and other is not bool:  # see `is_value_of`
            return True
    cores = _core(a), _core(b)
    return issubclass(*cores) or issubclass(*reversed(cores))


def _core(cls: type) -> type:
    """What decides the layout: the nearest class in its ancestry that is written in C or has slots."""
    return next(base for base in cls.__mro__ if not base.__flags__ & _MADE_IN_PYTHON or _has_slots(base))


def _has_slots(cls: type) -> bool:
    slots = vars(cls).get("__slots__", ())
    return bool(set([slots] if isinstance(slots, str) else slots) - {"__dict__", "__weakref__"})


def members(declared: Any) -> tuple:
    """The classes of a union, or the only one."""
    return typing.get_args(declared) if typing.get_origin(declared) in _UNIONS else (declared,)
