"""SwitchContainer: several nodes of which one runs at a time."""

from typing import TypeAlias

from attention_mesh.calculators.core.switch_demux_calculator import CONTROL_TAGS, channel_tag
from attention_mesh.calculators.proto.switch_container_pb2 import SwitchContainerOptions
from attention_mesh.framework.options import given_options, set_options
from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig
from attention_mesh.framework.subgraph_builders import subgraph
from attention_mesh.framework.tags import TagName, format_entries, parse_entries, parse_tag_index

Node: TypeAlias = CalculatorGraphConfig.Node

_OPTIONS = "mediapipe.SwitchContainerOptions"


@subgraph("SwitchContainer", options=_OPTIONS)
def switch_container(node: Node) -> CalculatorGraphConfig:
    """Makes the nodes of a container: a demux in front of the contained nodes, a mux behind them.

    MediaPipe's subgraph of this name. The contained nodes are calculators or subgraphs, with their options
    but without streams: each gets all inputs and outputs of the container, under the same tags. Only the
    chosen one gets packets; the outputs are its outputs. All are opened.

    A choice in a stream takes effect after the last data packet before it, or with one of the same timestamp.
    Data wait until no choice for their timestamp can follow.

    Inputs: SELECT (int: the number of the chosen node, from 0) or ENABLE (bool: the second, else the first),
      which change the choice of the start; any others, for the contained nodes.
    Input side packets: SELECT or ENABLE, the choice at the start; any others, for the contained nodes.
    Outputs: those of the contained nodes.
    Options: `contained_node`, the nodes; `select` or `enable`, the choice at the start (default: the first);
      `tick_input_stream`, the inputs whose packets a choice follows; `async_selection`, with which data do
      not wait, so that choices may be rare.

    Example::

        node {
          calculator: "SwitchContainer"
          input_side_packet: "ENABLE:with_attention"
          input_stream: "TENSORS:tensors"
          output_stream: "LANDMARKS:landmarks"
          node_options {
            [type.googleapis.com/mediapipe.SwitchContainerOptions] {
              contained_node { calculator: "PlainLandmarks" }
              contained_node { calculator: "RefinedLandmarks" }
            }
          }
        }
    """
    options = given_options(node).get(_OPTIONS)
    if not isinstance(options, SwitchContainerOptions):
        options = SwitchContainerOptions()
    _check(options)
    return _Wiring(node, options).config


def _check(options: SwitchContainerOptions) -> None:
    count = len(options.contained_node)
    if not count:
        raise ValueError("it has no contained_node; expected at least one")
    if options.HasField("select") and options.HasField("enable"):
        raise ValueError("Only one of SwitchContainer options 'enable' and 'select' can be specified")
    if not 0 <= options.select < count:
        raise ValueError(f"select is {options.select}, but it has the contained nodes 0 to {count - 1}")


class _Wiring:
    """Builds the config. Inside, streams have the names that they have outside, made unique."""

    def __init__(self, node: Node, options: SwitchContainerOptions):
        self.options = options
        self.config = CalculatorGraphConfig()
        self.names: set[str] = set()
        self.ports = {field: self._data_ports(node, field) for field in _FIELDS}
        controls = {field: self._control(node, field) for field in ("input_stream", "input_side_packet")}
        timed = dict(controls)
        if controls["input_stream"]:
            timed["input_stream"] = [self._add_sequencer(controls["input_stream"][0])]
        demux = self._add_switch("SwitchDemuxCalculator", timed)
        contained = [self.config.node.add() for _ in options.contained_node]
        mux = self._add_switch("SwitchMuxCalculator", timed)
        for field, ports in self.ports.items():
            own = controls.get(field, [])
            getattr(self.config, field).extend(format_entries([*own, *ports]))
        for channel, (target, source) in enumerate(zip(contained, options.contained_node, strict=True)):
            target.CopyFrom(source)
            self._connect(channel, target, demux, mux)

    def _data_ports(self, node: Node, field: str) -> list[TagName]:
        """The node's connections, the choice left out, under inner names."""
        return [
            entry._replace(name=self._unique(entry.name))
            for entry in parse_entries(getattr(node, field))
            if not (field.startswith("input") and entry.tag in CONTROL_TAGS)
        ]

    def _control(self, node: Node, field: str) -> list[TagName]:
        found = [entry for entry in parse_entries(getattr(node, field)) if entry.tag in CONTROL_TAGS]
        if len(found) > 1:
            raise ValueError("Only one of SwitchContainer inputs 'ENABLE' and 'SELECT' can be specified")
        return [entry._replace(name=self._unique(f"gate_{entry.tag.lower()}")) for entry in found]

    def _unique(self, name: str) -> str:
        unique, number = name, 2
        while unique in self.names:
            unique, number = f"{name}_{number}", number + 1
        self.names.add(unique)
        return unique

    def _add_sequencer(self, control: TagName) -> TagName:
        """The node that gives each choice a timestamp between those of the data; returns its output."""
        places = [(entry.tag, entry.index) for entry in self.ports["input_stream"]]
        ticks = [parse_tag_index(text) for text in self.options.tick_input_stream] or places
        unknown = [place for place in ticks if place not in places]
        if unknown:
            known = ", ".join(f'"{tag}:{index}"' for tag, index in places) or "none"
            raise ValueError(
                f'tick_input_stream "{unknown[0][0]}:{unknown[0][1]}" is not an input (inputs: {known})'
            )
        names = {(entry.tag, entry.index): entry.name for entry in self.ports["input_stream"]}
        timed = self._unique(f"{control.name}_timed")
        node = self.config.node.add(calculator="PacketSequencerCalculator")
        node.input_stream.append(f"INPUT:{control.name}")
        node.input_stream.extend(f"TICK:{index}:{names[place]}" for index, place in enumerate(ticks))
        node.output_stream.append(f"OUTPUT:{timed}")
        if not self.options.async_selection:
            node.input_stream_handler.input_stream_handler = "DefaultInputStreamHandler"
        return TagName(control.tag, 0, timed)

    def _add_switch(self, calculator: str, controls: dict[str, list[TagName]]) -> Node:
        node = self.config.node.add(calculator=calculator)
        rest = SwitchContainerOptions()
        rest.CopyFrom(self.options)
        del rest.contained_node[:]
        set_options(node, rest)
        is_demux = calculator == "SwitchDemuxCalculator"
        for field in _FIELDS:
            ports = self.ports[field] if field.startswith("input") == is_demux else []
            getattr(node, field).extend(format_entries([*controls.get(field, []), *ports]))
        return node

    def _connect(self, channel: int, contained: Node, demux: Node, mux: Node) -> None:
        """Ties a contained node between demux and mux by streams of its own."""
        for field, ports in self.ports.items():
            switch = demux if field.startswith("input") else mux
            other_side = (
                field.replace("input", "output") if switch is demux else field.replace("output", "input")
            )
            for entry in ports:
                name = self._unique(f"c{channel}__{entry.name}")
                getattr(contained, field).append(f"{entry.tag}:{entry.index}:{name}")
                getattr(switch, other_side).append(f"{channel_tag(entry.tag, channel)}:{entry.index}:{name}")


_FIELDS = ("input_stream", "output_stream", "input_side_packet", "output_side_packet")
