"""The graph engine: calculators, wired by a CalculatorGraphConfig, run on packets with timestamps."""

import importlib

from attention_mesh.framework.registry import calculator

_HOMES = {
    "Calculator": "calculator_base",
    "STOP": "calculator_base",
    "CalculatorGraph": "calculator_graph",
    "ValidatedGraph": "validated_graph",
    "SynchronousGraph": "synchronous_graph",
    "Packet": "packet",
    "Input": "ports",
    "Output": "ports",
    "SideInput": "ports",
    "SideOutput": "ports",
    "ANY_TAG": "ports",
    "subgraph": "subgraph_builders",
    "load_calculator_file": "registry",
    "load_graph_config": "graph_config",
    "parse_graph_config": "graph_config",
    "GraphError": "errors",
    "ConfigError": "errors",
    "CalculatorError": "errors",
    "CancelledError": "errors",
    "QueueFullError": "errors",
    "TimestampError": "errors",
    "NodeProfile": "profiler",
}
__all__ = [*_HOMES, "calculator"]


def __getattr__(name: str):
    """Loads a name on first use, so that importing the package costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
