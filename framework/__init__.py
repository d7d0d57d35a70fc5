"""The graph engine: calculators, wired by a CalculatorGraphConfig, run on packets with timestamps."""

from typing import TYPE_CHECKING

from attention_mesh.framework import message_modules
from attention_mesh.framework.lazy_names import lazy_names
from attention_mesh.framework.registry import calculator

if TYPE_CHECKING:
    from attention_mesh.framework.calculator_base import STOP, Calculator
    from attention_mesh.framework.calculator_graph import CalculatorGraph
    from attention_mesh.framework.errors import (
        CalculatorError,
        CancelledError,
        ConfigError,
        GraphError,
        InputValueError,
        QueueFullError,
        TimestampError,
    )
    from attention_mesh.framework.graph_config import load_graph_config, parse_graph_config
    from attention_mesh.framework.graph_service import GraphService, UseService
    from attention_mesh.framework.packet import Packet
    from attention_mesh.framework.ports import ANY_TAG, Input, Output, SideInput, SideOutput
    from attention_mesh.framework.profiler import NodeProfile, profile_table
    from attention_mesh.framework.registry import load_calculator_file
    from attention_mesh.framework.subgraph_builders import subgraph
    from attention_mesh.framework.synchronous_graph import SynchronousGraph
    from attention_mesh.framework.validated_graph import ValidatedGraph

message_modules.install()

__all__ = [
    "ANY_TAG",
    "STOP",
    "Calculator",
    "CalculatorError",
    "CalculatorGraph",
    "CancelledError",
    "ConfigError",
    "GraphError",
    "GraphService",
    "Input",
    "InputValueError",
    "NodeProfile",
    "Output",
    "Packet",
    "QueueFullError",
    "SideInput",
    "SideOutput",
    "SynchronousGraph",
    "TimestampError",
    "UseService",
    "ValidatedGraph",
    "calculator",
    "load_calculator_file",
    "load_graph_config",
    "parse_graph_config",
    "profile_table",
    "subgraph",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Calculator": "calculator_base",
        "STOP": "calculator_base",
        "CalculatorGraph": "calculator_graph",
        "ValidatedGraph": "validated_graph",
        "SynchronousGraph": "synchronous_graph",
        "GraphService": "graph_service",
        "UseService": "graph_service",
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
        "InputValueError": "errors",
        "QueueFullError": "errors",
        "TimestampError": "errors",
        "NodeProfile": "profiler",
        "profile_table": "profiler",
    },
)
