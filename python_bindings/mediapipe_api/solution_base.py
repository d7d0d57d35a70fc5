"""SolutionBase: any graph behind `process`, the base of solutions that MediaPipe's programs define."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import Message

from attention_mesh.framework import SynchronousGraph
from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig
from attention_mesh.framework.resources import find_resource
from attention_mesh.geometry.image_hints import object_hint, shape_hint
from attention_mesh.python_bindings.errors import GraphValueError, translating
from attention_mesh.python_bindings.images import expect_three_channels
from attention_mesh.python_bindings.mediapipe_api import packet_creator, packet_getter
from attention_mesh.python_bindings.mediapipe_api.calculator_params import apply_calculator_params
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.packet import Packet
from attention_mesh.python_bindings.mediapipe_api.packet_data_type import PacketDataType
from attention_mesh.python_bindings.mediapipe_api.packet_payloads import stream_value
from attention_mesh.python_bindings.mediapipe_api.validated_graph_config import ValidatedGraphConfig
from attention_mesh.python_bindings.solutions.graph_solution import FRAME_US, SolutionOutputs, output_type

__all__ = ["PacketDataType", "SolutionBase"]

RGB_CHANNELS = 3  # MediaPipe has this name here
_IMAGES = (PacketDataType.IMAGE, PacketDataType.IMAGE_FRAME)
_NOT_AS_INPUT = (PacketDataType.PROTO_LIST, PacketDataType.AUDIO)
_BUILT_IN_GRAPHS = Path(__file__).resolve().parents[2] / "graphs"


class SolutionBase:
    """Runs a graph on the caller's thread, one set of inputs per call.

    If the graph fails, then the next `process` starts it again. (MediaPipe's stays unusable until `reset`.)

    Args:
      binary_graph_path: the file of a graph, binary or (suffix .pbtxt) text. It is looked for as it stands,
        below the resource folder (`resource_util`), and among the built-in graphs, by its file name.
      graph_config: a CalculatorGraphConfig in its place, as message, text or serialized bytes.
      calculator_params: ``"node.field"`` -> value, changes options of nodes, see `calculator_params`.
      graph_options: the message of the graph's own options.
      side_inputs: name of each side packet -> its Python value.
      outputs: names of the streams to return; all outputs of the graph by default.
      stream_type_hints: name of a stream -> its `PacketDataType`, for a stream whose type the graph does not
        show, or shows differently. A graph of this package that sends all faces in one packet needs
        PROTO_LIST.

    Raises:
      FileNotFoundError: there is no such graph.
      ValueError, RuntimeError: the graph, its types or an argument is wrong.
    """

    def __init__(
        self,
        binary_graph_path: str | None = None,
        graph_config: Message | str | bytes | None = None,
        calculator_params: Mapping[str, Any] | None = None,
        graph_options: Message | None = None,
        side_inputs: Mapping[str, Any] | None = None,
        outputs: Sequence[str] | None = None,
        stream_type_hints: Mapping[str, PacketDataType] | None = None,
    ):
        if bool(binary_graph_path) == (graph_config is not None):
            raise ValueError("Must provide exactly one of 'binary_graph_path' or 'graph_config'.")
        validated = ValidatedGraphConfig()
        if binary_graph_path:
            validated.initialize(binary_graph_path=_graph_file(binary_graph_path))
        else:
            validated.initialize(graph_config=graph_config)
        config = CalculatorGraphConfig.FromString(validated.binary_config)
        hints = dict(stream_type_hints or {})
        self._input_stream_type_info = _stream_kinds(validated, config.input_stream, hints)
        self._output_stream_type_info = _stream_kinds(validated, outputs or config.output_stream, hints)
        side_kinds = {
            name: _kind(name, validated.registered_side_packet_type_name(name)) for name in side_inputs or {}
        }
        if calculator_params:
            apply_calculator_params(config, calculator_params)
        if graph_options is not None:
            _set_graph_options(config, graph_options)
        if calculator_params or graph_options is not None:
            validated = ValidatedGraphConfig()
            validated.initialize(graph_config=config)
        self._solution_outputs = output_type(tuple(self._output_stream_type_info))
        self._simulated_timestamp = 0
        self._stream_types = validated.stream_types
        side_packets = {
            name: stream_value(
                self._make_packet(side_kinds[name], value).value, validated.side_packet_types[name].wanted
            )
            for name, value in (side_inputs or {}).items()
        }
        with translating():
            self._graph: SynchronousGraph | None = SynchronousGraph(
                validated.graph, side_packets, self._output_stream_type_info
            )

    def process(self, input_data: np.ndarray | Mapping[str, Any]) -> SolutionOutputs:
        """Runs the graph once, 33 333 µs after the call before.

        Args:
          input_data: (H, W, 3) uint8 RGB for a graph with one input; for any graph, name of each input -> its
            image, message or value.

        Returns:
          A named tuple with a field for each output: its image as an array, its message, list or value; None
          if it sent nothing.

        Raises:
          NotImplementedError: an input takes audio or a list of messages.
          TypeError: `input_data` is neither an array nor a dict.
          ValueError: an image does not have three channels, an input is unknown or the solution is closed.
          RuntimeError: the graph failed.
        """
        graph = self._open_graph("process")
        if isinstance(input_data, np.ndarray):
            if len(self._input_stream_type_info) != 1:
                raise ValueError(
                    "Can't process single image input since the graph has "
                    f"{len(self._input_stream_type_info)} input streams: give a dict."
                )
            input_data = {next(iter(self._input_stream_type_info)): input_data}
        if not isinstance(input_data, Mapping):
            raise TypeError(
                f"input_data is a {type(input_data).__name__}; expected an image as an array, or a dict. "
                + ("Give its numpy_view()" if hasattr(input_data, "numpy_view") else object_hint(input_data))
            )
        packets = {name: self._input_packet(name, data) for name, data in input_data.items()}
        self._simulated_timestamp += FRAME_US
        inputs = {
            name: stream_value(packet.value, self._stream_types[name].wanted)
            for name, packet in packets.items()
        }
        try:
            with translating():
                outputs = graph.run(self._simulated_timestamp, inputs)
        except TypeError as error:
            raise GraphValueError(f"Packet type mismatch: {error}") from error
        return self._solution_outputs(
            *(
                self._get_packet_content(kind, Packet.of(value, self._stream_types[name].array_name))
                for (name, kind), value in zip(self._output_stream_type_info.items(), outputs, strict=True)
            )
        )

    def reset(self) -> None:
        """Starts the graph again. Does nothing once closed."""
        if self._graph is not None:
            with translating():
                self._graph.reset()

    def close(self) -> None:
        """Ends the graph.

        Raises:
          ValueError: it is closed already.
        """
        graph = self._open_graph("close")
        self._graph = None
        graph.close()

    def __enter__(self) -> SolutionBase:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def create_graph_options(self, options_message: Message, values: Mapping[str, Any]) -> Message:
        """Sets fields of a message and returns it.

        Args:
          options_message: for example a graph's options.
          values: field -> value; a field may be a path, ``"outer.inner"``.
        """
        for path, value in dict(values).items():
            *outer, field = path.split(".")
            target = options_message
            for name in outer:
                target = getattr(target, name)
            current = getattr(target, field)
            if hasattr(current, "append"):
                del current[:]
                current.extend(value)
            elif isinstance(current, Message):
                current.CopyFrom(value)
            else:
                setattr(target, field, value)
        return options_message

    def _open_graph(self, what: str) -> SynchronousGraph:
        if self._graph is None:
            raise ValueError(f"{what}: the SolutionBase is closed, its _graph is None")
        return self._graph

    def _input_packet(self, name: str, data: Any) -> Packet:
        if name not in self._input_stream_type_info:
            known = ", ".join(self._input_stream_type_info)
            raise ValueError(f'the graph has no input stream "{name}" (it has: {known})')
        kind = self._input_stream_type_info[name]
        if kind in _NOT_AS_INPUT:
            raise NotImplementedError(
                "SolutionBase can only process non-audio and non-proto-list data. "
                f"{kind.name} type is not supported yet."
            )
        if kind in _IMAGES:
            expect_three_channels(np.shape(data), "rgb", shape_hint(np.asarray(data)))
        return self._make_packet(kind, data)

    def _make_packet(self, packet_data_type: PacketDataType, data: Any) -> Packet:
        if packet_data_type in _IMAGES:
            create = getattr(packet_creator, f"create_{packet_data_type.value}")
            return create(data, image_format=ImageFormat.SRGB)
        name = packet_data_type.value.replace("_list", "_vector")
        return getattr(packet_creator, f"create_{name}")(data)

    def _get_packet_content(self, packet_data_type: PacketDataType, output_packet: Packet) -> Any:
        if output_packet.is_empty():
            return None
        if packet_data_type is PacketDataType.STRING:
            return packet_getter.get_str(output_packet)
        content = getattr(packet_getter, f"get_{packet_data_type.value}")(output_packet)
        return content.numpy_view() if packet_data_type in _IMAGES else content


def _graph_file(path: str) -> Path:
    """Finds the file of a graph; a built-in graph by its name, whatever its folder and suffix are."""
    found = find_resource(path)
    if found is None:
        built_in = sorted(_BUILT_IN_GRAPHS.rglob(f"{Path(path).stem}.pbtxt"))
        found = built_in[0] if built_in else None
    if found is None:
        raise FileNotFoundError(f"The path does not exist: {os.fspath(path)}")
    return found


def _stream_kinds(
    validated: ValidatedGraphConfig, entries: Sequence[str], hints: Mapping[str, PacketDataType]
) -> dict[str, PacketDataType]:
    """Returns the kind of each stream by its name, from streams written as ``TAG:index:name``."""
    names = [entry.rpartition(":")[2] for entry in entries]
    return {
        name: hints.get(name) or _kind(name, validated.registered_stream_type_name(name)) for name in names
    }


def _kind(name: str, type_name: str) -> PacketDataType:
    try:
        return PacketDataType.from_registered_name(type_name)
    except KeyError:
        raise ValueError(
            f'"{name}" has the type {type_name}, which no PacketDataType stands for; leave it out of '
            "`outputs`, or use a CalculatorGraph"
        ) from None


def _set_graph_options(config: CalculatorGraphConfig, options: Message) -> None:
    """Merges the graph's own options with those of the same type in its config."""
    name = options.DESCRIPTOR.full_name
    for packed in config.graph_options:
        if packed.type_url.rpartition("/")[2] == name:
            merged = type(options).FromString(packed.value)
            merged.MergeFrom(options)
            packed.value = merged.SerializePartialToString()
            return
    config.graph_options.add(type_url=f"type.googleapis.com/{name}", value=options.SerializePartialToString())
