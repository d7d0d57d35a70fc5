"""The types of `ports`, for type checkers.

What a port's name means depends on where it is read: the declaration on the class, the live port on the
instance, and a list of live ports if the port is repeated. A declared class is the type of `value`; a union,
or no type at all, leaves `value` unchecked.
"""

import builtins
from collections.abc import Callable
from typing import Any, Final, Generic, Literal, TypeVar, overload

from typing_extensions import Self

from attention_mesh.framework.bound_ports import BoundInput, BoundOutput, BoundSideInput, BoundSideOutput

ANY_TAG: Final = "*"

T = TypeVar("T")
V = TypeVar("V")

class Port(Generic[T]):
    tag: str
    type: Any
    optional: bool
    repeated: bool
    attribute: str
    def __init__(
        self, tag: str = "", type: Any = ..., *, optional: bool = False, repeated: bool = False
    ) -> None: ...
    def __set_name__(self, owner: object, name: str) -> None: ...

class Input(Port[T]):
    check: Callable[[Any], None] | None
    @overload
    def __new__(
        cls,
        tag: Literal["*"],
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: bool = False,
        check: Callable[[Any], None] | None = None,
    ) -> _RepeatedInput[V]: ...
    @overload
    def __new__(
        cls,
        tag: Literal["*"],
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: bool = False,
        check: Callable[[Any], None] | None = None,
    ) -> _RepeatedInput[Any]: ...
    @overload
    def __new__(
        cls,
        tag: str,
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: Literal[True],
        check: Callable[[Any], None] | None = None,
    ) -> _RepeatedInput[V]: ...
    @overload
    def __new__(
        cls,
        tag: str = "",
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: Literal[True],
        check: Callable[[Any], None] | None = None,
    ) -> _RepeatedInput[Any]: ...
    @overload
    def __new__(
        cls,
        tag: str,
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: Literal[False] = False,
        check: Callable[[Any], None] | None = None,
    ) -> Input[V]: ...
    @overload
    def __new__(
        cls,
        tag: str = "",
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: Literal[False] = False,
        check: Callable[[Any], None] | None = None,
    ) -> Input[Any]: ...
    @overload
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> BoundInput[T]: ...

class Output(Port[T]):
    @overload
    def __new__(
        cls, tag: Literal["*"], type: builtins.type[V], *, optional: bool = False, repeated: bool = False
    ) -> _RepeatedOutput[V]: ...
    @overload
    def __new__(
        cls, tag: Literal["*"], type: Any = ..., *, optional: bool = False, repeated: bool = False
    ) -> _RepeatedOutput[Any]: ...
    @overload
    def __new__(
        cls, tag: str, type: builtins.type[V], *, optional: bool = False, repeated: Literal[True]
    ) -> _RepeatedOutput[V]: ...
    @overload
    def __new__(
        cls, tag: str = "", type: Any = ..., *, optional: bool = False, repeated: Literal[True]
    ) -> _RepeatedOutput[Any]: ...
    @overload
    def __new__(
        cls, tag: str, type: builtins.type[V], *, optional: bool = False, repeated: Literal[False] = False
    ) -> Output[V]: ...
    @overload
    def __new__(
        cls, tag: str = "", type: Any = ..., *, optional: bool = False, repeated: Literal[False] = False
    ) -> Output[Any]: ...
    @overload
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> BoundOutput[T]: ...

class SideInput(Port[T]):
    default: T | None
    names: str
    @overload
    def __new__(
        cls,
        tag: Literal["*"],
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: bool = False,
        names: str = "",
    ) -> _RepeatedSideInput[V]: ...
    @overload
    def __new__(
        cls,
        tag: Literal["*"],
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: bool = False,
        names: str = "",
    ) -> _RepeatedSideInput[Any]: ...
    @overload
    def __new__(
        cls,
        tag: str,
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: Literal[True],
        names: str = "",
    ) -> _RepeatedSideInput[V]: ...
    @overload
    def __new__(
        cls,
        tag: str = "",
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: Literal[True],
        names: str = "",
    ) -> _RepeatedSideInput[Any]: ...
    @overload
    def __new__(
        cls,
        tag: str,
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: Literal[False] = False,
        default: V | None = None,
        names: str = "",
    ) -> SideInput[V]: ...
    @overload
    def __new__(
        cls,
        tag: str = "",
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: Literal[False] = False,
        default: Any = None,
        names: str = "",
    ) -> SideInput[Any]: ...
    @overload
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> BoundSideInput[T]: ...

class SideOutput(Port[T]):
    late: bool
    @overload
    def __new__(
        cls,
        tag: Literal["*"],
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: bool = False,
        late: bool = False,
    ) -> _RepeatedSideOutput[V]: ...
    @overload
    def __new__(
        cls,
        tag: Literal["*"],
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: bool = False,
        late: bool = False,
    ) -> _RepeatedSideOutput[Any]: ...
    @overload
    def __new__(
        cls,
        tag: str,
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: Literal[True],
        late: bool = False,
    ) -> _RepeatedSideOutput[V]: ...
    @overload
    def __new__(
        cls,
        tag: str = "",
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: Literal[True],
        late: bool = False,
    ) -> _RepeatedSideOutput[Any]: ...
    @overload
    def __new__(
        cls,
        tag: str,
        type: builtins.type[V],
        *,
        optional: bool = False,
        repeated: Literal[False] = False,
        late: bool = False,
    ) -> SideOutput[V]: ...
    @overload
    def __new__(
        cls,
        tag: str = "",
        type: Any = ...,
        *,
        optional: bool = False,
        repeated: Literal[False] = False,
        late: bool = False,
    ) -> SideOutput[Any]: ...
    @overload
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> BoundSideOutput[T]: ...

class _RepeatedInput(Input[T]):
    @overload  # type: ignore[override]  # a list: nothing reads it as the base class has it
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> list[BoundInput[T]]: ...

class _RepeatedOutput(Output[T]):
    @overload  # type: ignore[override]  # a list: nothing reads it as the base class has it
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> list[BoundOutput[T]]: ...

class _RepeatedSideInput(SideInput[T]):
    @overload  # type: ignore[override]  # a list: nothing reads it as the base class has it
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> list[BoundSideInput[T]]: ...

class _RepeatedSideOutput(SideOutput[T]):
    @overload  # type: ignore[override]  # a list: nothing reads it as the base class has it
    def __get__(self, node: None, owner: object) -> Self: ...
    @overload
    def __get__(self, node: object, owner: object) -> list[BoundSideOutput[T]]: ...
