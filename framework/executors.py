"""Executors: the threads that a graph asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.validated_node import ValidatedNode

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

_POOL = "ThreadPoolExecutor"
_CALLER = "ApplicationThreadExecutor"


def default_or(name: str) -> str:
    """An executor's name; the default executor's is empty, for which a graph may also write "default"."""
    return "" if name == "default" else name


def runs_on_caller(config: CalculatorGraphConfig) -> bool:
    """Whether the graph's default executor is the caller's thread."""
    return any(not default_or(executor.name) and executor.type == _CALLER for executor in config.executor)


def executor_sizes(config: CalculatorGraphConfig, nodes: Iterable[ValidatedNode]) -> dict[str, int | None]:
    """The number of threads of each executor: 0 for as many as useful, None for the thread that waits.

    Args:
      config: of the graph.
      nodes: of the graph.

    Returns:
      Executor name → number of threads.

    Raises:
      ConfigError: an unknown type, a name declared twice, a negative number of threads, or a node on an
        executor that is not declared.
    """
    sizes: dict[str, int | None] = {}
    problems = []
    for executor in config.executor:
        name = default_or(executor.name)
        if name in sizes:
            problems.append(f'executor "{executor.name}" is declared twice')
        if executor.type not in ("", _POOL, _CALLER):
            problems.append(
                f'executor "{executor.name}": unknown type "{executor.type}" (known: {_POOL}, {_CALLER})'
            )
        options = extension_of("mediapipe.ThreadPoolExecutorOptions", executor.options)
        sizes[name] = None if executor.type == _CALLER else options.num_threads if options else 0
        if (sizes[name] or 0) < 0:
            problems.append(
                f'executor "{executor.name}": num_threads is {sizes[name]}, but must not be negative'
            )
    if config.num_threads < 0:
        problems.append(f"num_threads is {config.num_threads}, but must not be negative")
    for node in nodes:
        if node.executor and node.executor not in sizes:
            known = ", ".join(f'"{name}"' for name in sizes if name) or "none"
            problems.append(f'{node.label}: executor "{node.executor}" is not declared (declared: {known})')
    if problems:
        raise ConfigError(problems)
    return sizes
