"""Classes from the scores of a classifier."""

from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.calculators.tensor.devices.tensor_reader import TensorReader
from attention_mesh.framework import Input, Output, calculator
from attention_mesh.framework.formats.classification_pb2 import ClassificationList
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.resources import resource_file
from attention_mesh.limits import read_text_file

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.tensors_to_classification_calculator_pb2 import (
        TensorsToClassificationCalculatorOptions,
    )


@calculator
class TensorsToClassificationCalculator(TensorReader):
    """Reads the first tensor as the scores of classes, and keeps those that the options ask for.

    MediaPipe's node of this name.

    Inputs: TENSORS.
    Outputs: CLASSIFICATIONS, as the message; empty if TENSORS is.
    Options: `binary_classification`, with which the tensor is one number, the score of class 0, and class 1
      has the rest to 1; one of `label_map_path` (a text file, one name per line), `label_map` and
      `label_items`, with one name per score; `top_k`, `min_score_threshold`, `sort_by_descending_score`,
      `allow_classes` or `ignore_classes`.

    Example::

        node {
          calculator: "TensorsToClassificationCalculator"
          input_stream: "TENSORS:tensors"
          output_stream: "CLASSIFICATIONS:classifications"
          node_options {
            [type.googleapis.com/mediapipe.TensorsToClassificationCalculatorOptions] { top_k: 3 }
          }
        }
    """

    tensors = Input("TENSORS", list)  # the first one counts: float32 of one region, any shape
    classifications = Output("CLASSIFICATIONS", ClassificationList)
    timestamp_offset = 0

    Options = "mediapipe.TensorsToClassificationCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        options = node.options
        given = _given_maps(options)
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are given; give one of them")
        if options.ignore_classes and options.allow_classes:
            raise ValueError("ignore_classes and allow_classes exclude each other")

    def open(self) -> None:
        options = self.options
        self._names: dict[int, str] = {}
        if options.label_map_path:
            lines = read_text_file(resource_file(options.label_map_path)).splitlines()
            self._names = dict(enumerate(lines))
        elif options.label_map.entries:
            self._names = {entry.id: entry.label for entry in options.label_map.entries}
        else:
            self._names = {number: item.name for number, item in options.label_items.items()}
        self._threshold = options.min_score_threshold if options.HasField("min_score_threshold") else -np.inf

    def process(self) -> None:
        if self.tensors.is_empty:
            return
        options = self.options
        scores = np.ravel(self.arrays(self.tensors.value[:1])[0])
        if options.binary_classification:
            if scores.size != 1:
                raise ValueError(f"binary_classification takes one score; the tensor has {scores.size}")
            scores = np.array([scores[0], 1 - scores[0]], np.float32)
        if self._names and len(self._names) != len(scores):
            raise ValueError(f"{len(self._names)} names for {len(scores)} classes")
        kept = [index for index in np.flatnonzero(scores >= self._threshold).tolist() if self._allowed(index)]
        if options.top_k > 0 or options.sort_by_descending_score:
            kept.sort(key=lambda index: -scores[index])
        if options.top_k > 0:
            kept = kept[: options.top_k]
        found = ClassificationList()
        for index in kept:
            entry = found.classification.add(index=index, score=float(scores[index]))
            if index in self._names:
                entry.label = self._names[index]
        self.classifications.send(found)

    def _allowed(self, index: int) -> bool:
        options = self.options
        return (
            index in options.allow_classes if options.allow_classes else index not in options.ignore_classes
        )


def _given_maps(options: "TensorsToClassificationCalculatorOptions") -> list[str]:
    given = {
        "label_map_path": bool(options.label_map_path),
        "label_map": bool(options.label_map.entries),
        "label_items": bool(options.label_items),
    }
    return [name for name, is_given in given.items() if is_given]
