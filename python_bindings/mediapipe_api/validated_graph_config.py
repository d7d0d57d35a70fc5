"""ValidatedGraphConfig: a checked graph, with the interface that MediaPipe's Python programs expect."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import Message

import attention_mesh.calculators  # noqa: F401  (makes the built-in calculators and subgraphs known)
from attention_mesh.framework.protos import message_to_text
from attention_mesh.framework.validated_graph import ValidatedGraph
from attention_mesh.python_bindings.errors import translating
from attention_mesh.python_bindings.mediapipe_api.stream_types import (
    StreamType,
    side_packet_types,
    stream_types,
)


class ValidatedGraphConfig:
    """A graph with its subgraphs expanded and all connections checked. Empty until `initialize`."""

    def __init__(self) -> None:
        self._graph: ValidatedGraph | None = None

    def initialize(
        self,
        *,
        graph_config: str | bytes | Message | None = None,
        binary_graph_path: str | Path | None = None,
        graph_path: Iterable[str | Path] = (),
    ) -> None:
        """Loads and checks a graph. Possible only once.

        Args:
          graph_config: a CalculatorGraphConfig as message, text or serialized bytes.
          binary_graph_path: the file of a graph in its place, binary or (suffix .pbtxt) text.
          graph_path: folders with subgraphs. MediaPipe has no such argument: its subgraphs are compiled in.

        Raises:
          FileNotFoundError: there is no such file.
          GraphConfigError: the graph cannot run; the text lists every problem with its node. It is a
            ValueError and a RuntimeError.
          ValueError: the arguments name no graph, or both.
          RuntimeError: it has been initialized before.
        """
        if self._graph is not None:
            raise RuntimeError("a ValidatedGraphConfig can be initialized only once; make another one")
        path = None if binary_graph_path is None else Path(binary_graph_path)
        source = graph_config if path is None else path
        if source is None or (path is not None and graph_config is not None):
            raise ValueError(
                "Please either provide 'binary_graph_path' to initialize a ValidatedGraphConfig object with "
                "a binary graph file or 'graph_config' to initialize it with a graph config proto."
            )
        if path is not None and not path.exists():
            raise FileNotFoundError(f"The path does not exist: {path}")
        with translating():
            self._graph = ValidatedGraph(source, [Path(folder) for folder in graph_path])
        for computed in ("stream_types", "side_packet_types"):
            self.__dict__.pop(computed, None)

    def initialized(self) -> bool:
        return self._graph is not None

    @property
    def graph(self) -> ValidatedGraph:
        """The engine's graph. Raises RuntimeError before `initialize`."""
        if self._graph is None:
            raise RuntimeError("the ValidatedGraphConfig is not initialized")
        return self._graph

    @property
    def text_config(self) -> str:
        """The graph with its subgraphs expanded, as text; "" before `initialize`."""
        return message_to_text(self._graph.config) if self._graph else ""

    @property
    def binary_config(self) -> bytes:
        """The graph with its subgraphs expanded, serialized; empty before `initialize`."""
        return self._graph.config.SerializePartialToString() if self._graph else b""

    def registered_stream_type_name(self, stream_name: str) -> str:
        """Returns MediaPipe's name of a stream's type, such as ``::std::vector<::mediapipe::Detection>``.

        All images are ``OneOf<::mediapipe::Image, ::mediapipe::ImageFrame>``.

        Raises:
          ValueError: the graph has no such stream.
          RuntimeError: the stream's nodes declare no type.
        """
        return _name("stream", stream_name, self.stream_types)

    def registered_side_packet_type_name(self, side_packet_name: str) -> str:
        """Returns MediaPipe's name of a side packet's type, as for streams."""
        return _name("side packet", side_packet_name, self.side_packet_types)

    @functools.cached_property
    def stream_types(self) -> dict[str, StreamType]:
        """The type of each stream; empty before `initialize`. MediaPipe has no such attribute."""
        return stream_types(self._graph) if self._graph else {}

    @functools.cached_property
    def side_packet_types(self) -> dict[str, StreamType]:
        """The type of each side packet; empty before `initialize`. MediaPipe has no such attribute."""
        return side_packet_types(self._graph) if self._graph else {}


def _name(what: str, name: str, known: dict[str, StreamType]) -> str:
    if name not in known:
        raise ValueError(f'{what.capitalize()} "{name}" is not defined in the config.')
    if not known[name].name:
        raise RuntimeError(f'Unable to find the type for {what} "{name}": its nodes take anything.')
    return known[name].name
