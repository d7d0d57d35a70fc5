"""Loops over the items of a collection: the nodes that open and close one."""

from attention_mesh.calculators.core.collection_family import Collection, CollectionFamily, Item
from attention_mesh.framework import Input, Output
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.registry import calculator_family
from attention_mesh.geometry.collections import items_of, joined

_BEGIN_TYPES = (
    "Detection Float GpuBuffer Image ImageFrame Int Matrix MatrixVector NormalizedLandmarkListVector "
    "NormalizedRect String Tensor Uint64t"
).split()
_END_TYPES = (
    "AffineMatrix Boolean ClassificationList Detection Float GpuBuffer Image ImageFrame ImageSize "
    "LandmarkListVector Matrix NormalizedLandmarkListVector NormalizedRect RenderData Tensor TfLiteTensor"
).split()


@calculator_family(r"BeginLoop(\w+)Calculator", [f"BeginLoop{name}Calculator" for name in _BEGIN_TYPES])
class BeginLoopFamily(CollectionFamily):
    """Opens a loop: sends the items of a collection one after the other.

    This is MediaPipe's BeginLoop…Calculator for every type; an EndLoop node collects the items again. Inside
    the loop, timestamps count 0, 1, 2 … through the whole run and have nothing to do with those outside. An
    empty collection, or a settled timestamp without one, uses up one of them, so that the end of the loop
    hears of it.

    Inputs: ITERABLE, the collection; CLONE, any number, of any type: sent again with each item; TICK, of any
    type, which only wakes the node.
    Outputs: ITEM, one item (a value of an array type with one entry, or an element of a list); CLONE, one per
    CLONE input; BATCH_END (int, µs: the timestamp of ITERABLE), with the last item, or alone if there is
    none.

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

    iterable = Input("ITERABLE", Collection)
    clones = Input("CLONE", object, repeated=True, optional=True)
    tick = Input("TICK", object, optional=True)
    item = Output("ITEM", Item)
    cloned = Output("CLONE", object, repeated=True)  # type of the input of the same index
    batch_end = Output("BATCH_END", int)
    process_bounds = True

    @classmethod
    def contract(cls, node: NodeContract) -> None:
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
            self.item.set_bound(self._next)
            for output in self.cloned:
                output.set_bound(self._next)
        self.batch_end.send(self.timestamp, self._next - 1)


@calculator_family(r"EndLoop(\w+)Calculator", [f"EndLoop{name}Calculator" for name in _END_TYPES])
class EndLoopFamily(CollectionFamily):
    """Closes a loop: collects what the nodes inside made of its items.

    This is MediaPipe's EndLoop…Calculator for every type. Items of an array type become one value of it, all
    others a list. A loop without items gives no packet: the output's bound moves past the timestamp instead.

    Inputs: ITEM; BATCH_END (int, µs), from the BeginLoop node.
    Outputs: ITERABLE, the collection, at the timestamp that BATCH_END holds.

    Example::

        node {
          calculator: "EndLoopNormalizedRectCalculator"
          input_stream: "ITEM:roi_from_landmarks"
          input_stream: "BATCH_END:rois_timestamp"
          output_stream: "ITERABLE:rois_from_landmarks"
        }
    """

    item = Input("ITEM", Item)
    batch_end = Input("BATCH_END", int)
    iterable = Output("ITERABLE", Collection)

    def open(self) -> None:
        self._items: list = []

    def process(self) -> None:
        if not self.item.is_empty:
            self._items.append(self.item.value)
        if not self.batch_end.is_empty:
            timestamp, items = self.batch_end.value, self._items
            if items:
                self.iterable.send(joined(items), timestamp)
                self._items = []
            else:
                self.iterable.set_bound(timestamp + 1)
