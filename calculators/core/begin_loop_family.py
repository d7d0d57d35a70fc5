"""A collection in a packet → its items, each in a packet of its own."""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import accepted_collection, item_type, items_of
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_NAMES = (
    "Detection Float GpuBuffer Image ImageFrame Int Matrix MatrixVector NormalizedLandmarkListVector "
    "NormalizedRect String Tensor Uint64t"
).split()


@calculator_family(r"BeginLoop(\w+)Calculator", [f"BeginLoop{name}Calculator" for name in _NAMES])
class BeginLoopFamily(Calculator):
    """Opens a loop: sends the items of a collection one after the other; an EndLoop node collects them again.

    One implementation of MediaPipe's BeginLoop…Calculator nodes, whatever type the name holds. Inside the
    loop, timestamps count 0, 1, 2 … through the whole run and have nothing to do with those outside. An
    empty collection, or none at a settled timestamp, uses up one of them, so that the end of the loop is
    told.

    Inputs: ITERABLE, the collection; CLONE, any number, of any type: sent again with each item; TICK, of any
    type, which only wakes the node.
    Outputs: ITEM, one item (an array type with one entry, or a list's element); CLONE, one a CLONE input;
    BATCH_END (int, µs: the timestamp of ITERABLE), with the last item, or alone where there was none.

    Example::

        node {
          calculator: "BeginLoopNormalizedRectCalculator"
          input_stream: "ITERABLE:rois"
          input_stream: "CLONE:image"
          output_stream: "ITEM:roi"
          output_stream: "CLONE:image_of_roi"
          output_stream: "BATCH_END:rois_timestamp"
        }
    """

    iterable = Input("ITERABLE", object)
    clones = Input("CLONE", object, repeated=True, optional=True)
    tick = Input("TICK", object, optional=True)
    item = Output("ITEM", object)
    cloned = Output("CLONE", object, repeated=True)  # type of the input of the same index
    batch_end = Output("BATCH_END", int)
    process_bounds = True

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """Ports of the type that the name holds."""
        name = match[1]
        return {
            "iterable": Input("ITERABLE", accepted_collection(name)),
            "item": Output("ITEM", item_type(name)),
        }

    @classmethod
    def contract(cls, node) -> None:
        clones = [connection for connection in node.inputs if connection.entry.tag == "CLONE"]
        cloned = [connection for connection in node.outputs if connection.entry.tag == "CLONE"]
        if len(clones) != len(cloned):
            raise ValueError(f"{len(clones)} CLONE inputs but {len(cloned)} CLONE outputs; expected as many")
        for index in range(len(clones)):
            node.set_output_type("CLONE", index, node.input_type("CLONE", index))

    def open(self) -> None:
        self._next = 0  # timestamp inside the loop

    def process(self) -> None:
        items = [] if self.iterable.is_empty else items_of(self.iterable.value)
        for item in items:
            self.item.send(item, self._next)
            for port, output in zip(self.clones, self.cloned, strict=True):
                if not port.is_empty:
                    output.send(port.value, self._next)
            self._next += 1
        if not items:
            self._next += 1
            for output in (self.item, *self.cloned):
                output.set_bound(self._next)
        self.batch_end.send(self.timestamp, self._next - 1)
