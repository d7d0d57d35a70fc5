"""Drawings of a graph: a picture (SVG), and lines of text."""

from dataclasses import dataclass, field
from html import escape

from attention_mesh.framework.port_types import type_name
from attention_mesh.framework.shown_node import OWN, SUBGRAPH, ShownNode, shown_nodes
from attention_mesh.framework.validated_graph import ValidatedGraph

_BOX_HEIGHT = 44
_CHARACTER = 7.0
_GAP_X, _GAP_Y, _MARGIN = 28, 54, 24
_COLORS = {
    "image": "#d7e8fb",
    "tensor": "#fde7c8",
    "face": "#d9f2dd",
    "render": "#f3dcf3",
    "output": "#fbd9d3",
    "gpu": "#cfe9ec",
    SUBGRAPH: "#e3dcf7",
    OWN: "#fff7b8",
    "core": "#ececec",
    "port": "#ffffff",
}
_HERE, _ELSEWHERE = 'stroke="#888"', 'stroke="#1f6fd0" stroke-width="2"'  # edges, by where packets lie
_BORDER = 'stroke="#555"'
_CROSSING = 'stroke="#d03020" stroke-width="2.5"'  # of boxes


@dataclass
class _Box:
    """A node, an input or output of the graph, or (without lines) the place where an edge passes a layer."""

    key: str
    lines: list[str]
    color: str = ""
    crosses: bool = False
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    before: list[tuple[str, str, bool]] = field(default_factory=list)
    """(key of the producer, stream, whether it is a back edge)"""
    elsewhere: set[str] = field(default_factory=set)
    """streams whose packets lie in another memory than the CPU's"""

    @property
    def width(self) -> float:
        return max((len(line) for line in self.lines), default=-2) * _CHARACTER + 20

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def describe_graph(graph: ValidatedGraph, expanded: bool = False) -> list[str]:
    """The graph in lines: its ports, then each node with its inputs and outputs, types in brackets.

    A node for each that the graph's text has or, if `expanded`, those inside the subgraphs instead. Nodes
    that move packets between memories say so, such as "GPU to CPU".
    """
    lines = []
    for label, entries in (
        ("input", graph.inputs),
        ("side packet", graph.side_inputs),
        ("output", graph.outputs),
        ("output side packet", graph.side_outputs),
    ):
        lines += [f"{label}: {entry.port + ':' if entry.tag else ''}{entry.name}" for entry in entries]
    for node in shown_nodes(graph, expanded):
        inside = f", a subgraph of {node.size} nodes" if node.room == SUBGRAPH else ""
        lines.append(", ".join([f"{node.name} ({node.calculator}{inside})", *node.crossings]))
        for arrow, ports in (
            ("<-", node.inputs),
            ("<=", node.side_inputs),
            ("->", node.outputs),
            ("=>", node.side_outputs),
        ):
            for port in ports:
                entry = port.entry
                kind = "" if port.type is object else f" [{type_name(port.type)}]"
                back = " (back edge)" if port.back_edge else ""
                lines.append(f"    {arrow} {entry.port + ' ' if entry.tag else ''}{entry.name}{kind}{back}")
    return lines


def draw_graph(graph: ValidatedGraph, expanded: bool = False) -> str:
    """The graph as an SVG document: nodes in layers from the inputs (top) to the outputs (bottom).

    Args:
      graph: the graph.
      expanded: whether the nodes inside subgraphs are drawn, and not a box for each node that the graph's
        text has.

    Streams whose packets lie on a GPU are blue. Nodes that move packets between memories have a red border.
    """
    boxes = _boxes(graph, shown_nodes(graph, expanded))
    _assign_layers(boxes)
    routes = _route_long_edges(boxes)
    layers = _order_layers(boxes, routes)
    width = max((sum(box.width + _GAP_X for box in layer) for layer in layers), default=0) + 3 * _MARGIN
    for number, layer in enumerate(layers):
        x = (width - sum(box.width + _GAP_X for box in layer) + _GAP_X) / 2
        for box in layer:
            box.x, box.y = x, _MARGIN + number * (_BOX_HEIGHT + _GAP_Y)
            x += box.width + _GAP_X
    height = 2 * _MARGIN + len(layers) * (_BOX_HEIGHT + _GAP_Y) - _GAP_Y
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="DejaVu Sans Mono, monospace" font-size="11">',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
    ]
    drawn = [box for box in boxes.values() if box.lines]
    parts += [_edges(boxes, routes, box, width - _MARGIN / 2) for box in drawn]
    parts += [_draw_box(box) for box in drawn]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _boxes(graph: ValidatedGraph, nodes: list[ShownNode]) -> dict[str, _Box]:
    boxes = {f"in {e.name}": _Box(f"in {e.name}", [f"▼ {e.name}"], _COLORS["port"]) for e in graph.inputs}
    sources = {entry.name: f"in {entry.name}" for entry in graph.inputs}
    sources |= {port.entry.name: node.name for node in nodes for port in node.outputs}
    for node in nodes:
        box = _Box(node.name, [node.calculator.removesuffix("Calculator")], _color(node.room))
        second = ", ".join(filter(None, (*node.crossings, node.where)))
        if second:
            box.lines.append(second)
        box.crosses = bool(node.crossings)
        for port in node.inputs:
            box.before.append((sources[port.entry.name], port.entry.name, port.back_edge))
            if getattr(port.type, "memory", ""):
                box.elsewhere.add(port.entry.name)
        boxes[node.name] = box
    for entry in graph.outputs:
        key = f"out {entry.name}"
        edge = (sources[entry.name], entry.name, False)
        boxes[key] = _Box(key, [f"▲ {entry.name}"], _COLORS["port"], before=[edge])
        if getattr(graph.stream_type(entry.name), "memory", ""):
            boxes[key].elsewhere.add(entry.name)
    return boxes


def _color(room: str) -> str:
    return _COLORS.get(room, _COLORS["core"])


def _assign_layers(boxes: dict[str, _Box]) -> None:
    """A box's layer: one below the lowest of its producers. `boxes` are in topological order."""
    for box in boxes.values():
        layers = [boxes[key].layer + 1 for key, _, back in box.before if not back]
        box.layer = max(layers, default=0)
    for box in reversed(boxes.values()):
        # A box that reads nothing moves down to just above its first consumer.
        if not box.before and not box.key.startswith("in "):
            after = [b.layer for b in boxes.values() if any(key == box.key for key, _, _ in b.before)]
            box.layer = max(min(after, default=1) - 1, 0)


def _route_long_edges(boxes: dict[str, _Box]) -> dict[tuple[str, str], list[_Box]]:
    """Keeps a place free in each layer that an edge passes.

    Returns:
      (producer, consumer) → the places of their edge, from top to bottom.
    """
    routes: dict[tuple[str, str], list[_Box]] = {}
    for box in list(boxes.values()):
        for key, _, back in box.before:
            if back or (key, box.key) in routes:
                continue
            above, route = key, []
            for layer in range(boxes[key].layer + 1, box.layer):
                place = _Box(f"{key} -> {box.key} @ {layer}", [], layer=layer, before=[(above, "", False)])
                boxes[place.key] = place
                route.append(place)
                above = place.key
            routes[key, box.key] = route
    return routes


def _order_layers(boxes: dict[str, _Box], routes: dict) -> list[list[_Box]]:
    """Boxes of each layer from left to right, by the mean place of their producers (barycenter method)."""
    count = 1 + max((box.layer for box in boxes.values()), default=0)
    layers: list[list[_Box]] = [[] for _ in range(count)]
    for box in boxes.values():
        layers[box.layer].append(box)
    place: dict[str, float] = {}
    nearest = {
        box.key: [
            routes[key, box.key][-1].key if routes.get((key, box.key)) else key
            for key, _, back in box.before
            if not back
        ]
        for box in boxes.values()
    }
    for layer in layers:

        def barycenter(box: _Box) -> float:
            above = [place[key] for key in nearest[box.key] if key in place]
            return sum(above) / len(above) if above else 0.5

        layer.sort(key=barycenter)
        for index, box in enumerate(layer):
            place[box.key] = (index + 0.5) / len(layer)
    return [layer for layer in layers if layer]


def _draw_box(box: _Box) -> str:
    tops = [_BOX_HEIGHT / 2 + 4] if len(box.lines) == 1 else [18, 34]
    text = "".join(
        f'<text x="{box.middle:.1f}" y="{box.y + top:.1f}" text-anchor="middle" fill="{color}">'
        f"{escape(line)}</text>"
        for line, top, color in zip(box.lines, tops, ("#000", "#777"), strict=False)
    )
    return (
        f'<g><rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{_BOX_HEIGHT}" rx="6" '
        f'fill="{box.color}" {_CROSSING if box.crosses else _BORDER}/>{text}</g>'
    )


def _edges(boxes: dict[str, _Box], routes: dict, box: _Box, right_margin: float) -> str:
    """The edges into a box; back edges run along the right margin."""
    parts = []
    for index, (key, stream, back) in enumerate(box.before):
        source = boxes[key]
        end = (box.x + box.width * (index + 1) / (len(box.before) + 1), box.y)
        points = [(source.middle, source.y + _BOX_HEIGHT)]
        if back:
            points += [
                (right_margin, source.y + _BOX_HEIGHT + _GAP_Y / 2),
                (right_margin, box.y - _GAP_Y / 2),
            ]
        for place in routes.get((key, box.key), ()):
            points += [(place.middle, place.y), (place.middle, place.y + _BOX_HEIGHT)]
        points.append(end)
        dash = ' stroke-dasharray="4 3"' if back else ""
        label = f'x="{end[0] + 3:.1f}" y="{end[1] - 5 - 11 * (index % 3):.1f}" fill="#555" font-size="9"'
        name, look = escape(stream), _ELSEWHERE if stream in box.elsewhere else _HERE
        parts.append(
            f'<path d="{_smooth(points)}" fill="none" {look}{dash} marker-end="url(#arrow)">'
            f"<title>{name}</title></path><text {label}>{name.rpartition('__')[2]}</text>"
        )
    return "".join(parts)


def _smooth(points: list[tuple[float, float]]) -> str:
    """An SVG path through the points, vertical at each of them."""
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        bend = (y1 - y0) / 2
        path += f"C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}"
    return path
