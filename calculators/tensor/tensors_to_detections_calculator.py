"""Detections from the outputs of a single-shot detector."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from attention_mesh.calculators.tensor.devices.tensor_reader import TensorReader
from attention_mesh.framework import Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detection_decoding import (
    BoxCoding,
    decode_class_detections,
    decode_detections,
    decoded_detections,
)
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.projection import project_detections

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.tensors_to_detections_calculator_pb2 import (
        TensorsToDetectionsCalculatorOptions,
    )


@calculator
class TensorsToDetectionsCalculator(TensorReader):
    """Decodes boxes, keypoints and scores relative to anchors, and keeps those with a high enough score.

    MediaPipe's node of this name, with two additions: MIN_SCORE_THRESH, so that a program can set the
    threshold, and PROJECTION_MATRIX, with which the network may have looked at a batch of regions; the
    detections of all regions then leave together, in coordinates of the image. With num_classes above 1
    detections carry their class; if max_classes_per_detection asks for several, a box leaves once for each of
    them.

    Inputs: TENSORS, boxes then scores (then anchors), or as tensor_mapping says. A network that decodes and
      selects by itself gives four tensors, boxes (1, N, 4), classes (1, N), scores (1, N) and their number;
      then none of the scales is set, and box_boundaries_indices may name the order of a box's sides.
      PROJECTION_MATRIX, one matrix per region, from the network's input to the image.
    Input side packets: ANCHORS; IGNORE_CLASSES and MIN_SCORE_THRESH, which override the options.
    Outputs: DETECTIONS, N = 0 if no score is high enough; empty only if TENSORS is.
    Options: MediaPipe's; see docs/compatibility.md for the exceptions.

    Example::

        node {
          calculator: "TensorsToDetectionsCalculator"
          input_stream: "TENSORS:detection_tensors"
          input_side_packet: "ANCHORS:anchors"
          output_stream: "DETECTIONS:unfiltered_detections"
          node_options {
            [type.googleapis.com/mediapipe.TensorsToDetectionsCalculatorOptions] {
              num_classes: 1 num_boxes: 896 num_coords: 16
              keypoint_coord_offset: 4 num_keypoints: 6
              sigmoid_score: true score_clipping_thresh: 100.0 min_score_thresh: 0.5
              reverse_output_order: true
              x_scale: 128.0 y_scale: 128.0 w_scale: 128.0 h_scale: 128.0
            }
          }
        }
    """

    tensors = Input("TENSORS", list)  # [(T, A, num_coords), (T, A, num_classes)] float32, T regions
    matrix = Input("PROJECTION_MATRIX", np.ndarray, optional=True)  # (T, 4, 4) float32
    anchors = SideInput("ANCHORS", np.ndarray, optional=True)  # (A, 4) float32, see ssd_anchors
    ignore_classes = SideInput("IGNORE_CLASSES", list, optional=True)  # overrides the option; ints
    min_score = SideInput("MIN_SCORE_THRESH", float, optional=True)  # overrides the option; probability
    detections = Output("DETECTIONS", Detections)
    timestamp_offset = 0

    Options = "mediapipe.TensorsToDetectionsCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        options = cls.newest_options(node.options)
        raw = _is_raw(options)
        for name in ("num_classes", "num_coords", "num_boxes")[: 3 if raw else 2]:
            if getattr(options, name) <= 0:
                raise ValueError(f"{name} is {getattr(options, name)}; expected at least 1")
        if options.num_values_per_keypoint != 2:
            raise ValueError(f"num_values_per_keypoint is {options.num_values_per_keypoint}; expected 2")
        if options.max_results == 0:
            raise ValueError("max_results is 0; expected at least 1, or -1 for all")
        if options.ignore_classes and options.allow_classes:
            raise ValueError("ignore_classes and allow_classes exclude each other")
        if options.max_classes_per_detection == 0:
            raise ValueError("max_classes_per_detection is 0; expected at least 1, or -1 for all")
        _tensor_places(options)
        if raw:
            _coding(options)
            if options.HasField("box_boundaries_indices"):
                raise ValueError("box_boundaries_indices are for networks that decode by themselves")
        else:
            _box_sides(options)

    @staticmethod
    def newest_options(options: Any) -> "TensorsToDetectionsCalculatorOptions":
        """The options of this node, or of one with an older name, as they are now."""
        return options

    def open(self) -> None:
        options = self.options = self.newest_options(self.options)
        self._coding = _coding(options) if _is_raw(options) else None
        self._min_score = options.min_score_thresh if options.HasField("min_score_thresh") else None
        if self.min_score.connected and self.min_score.value is not None:
            self._min_score = float(self.min_score.value)
            if not 0 <= self._min_score <= 1:
                raise ValueError(f'side packet "{self.min_score.name}" is {self._min_score}; expected 0 to 1')
        ignored = self.ignore_classes.value if self.ignore_classes.connected else options.ignore_classes
        self._classes = np.array(
            [
                index
                for index in range(options.num_classes)
                if (index in options.allow_classes if options.allow_classes else index not in ignored)
            ],
            np.intp,
        )
        if not len(self._classes):
            raise ValueError("no class is left: every one is ignored")
        self._places = _tensor_places(options)
        self._anchors = self.anchors.value if self.anchors.connected else None
        if self._anchors is not None and self._coding is not None:
            self._check("side packet ANCHORS", self._anchors, (options.num_boxes, 4))

    def process(self) -> None:
        if self.tensors.is_empty or (self.matrix.connected and self.matrix.is_empty):
            return
        tensors, options = self.arrays(self.tensors.value), self.options
        if self._coding is None:
            self._send_decoded(tensors)
            return
        if len(tensors) not in (2, 3):
            raise ValueError(
                f'stream "{self.tensors.name}" holds {len(tensors)} tensors; expected boxes, scores and '
                "perhaps anchors"
            )
        boxes, scores = (tensors[self._places[name]] for name in ("detections", "scores"))
        # GPU inference adds an axis of length one.
        boxes, scores = (tensor[:, 0] if tensor.ndim == 4 else tensor for tensor in (boxes, scores))
        regions = len(self.matrix.value) if self.matrix.connected else 1
        self._check("the boxes", boxes, (regions, options.num_boxes, options.num_coords))
        self._check("the scores", scores, (regions, options.num_boxes, options.num_classes))
        anchors = self._find_anchors(tensors)
        if len(self._classes) < options.num_classes:
            scores = scores[:, :, self._classes]
        parts = [self._decode(boxes[r], scores[r], anchors, self._coding) for r in range(regions)]
        if self.matrix.connected:
            parts = [
                project_detections(part, matrix) if len(part) else part
                for part, matrix in zip(parts, self.matrix.value, strict=True)
            ]
        if len(parts) == 1:
            self.detections.send(parts[0])
        else:
            self.detections.send(
                Detections.concatenate(parts) if parts else Detections.empty(options.num_keypoints)
            )

    def _decode(
        self, boxes: np.ndarray, scores: np.ndarray, anchors: np.ndarray, coding: BoxCoding
    ) -> Detections:
        """The detections of one region, in coordinates of the network's input."""
        options = self.options
        settings = {
            "min_score": self._min_score,
            "sigmoid_score": options.sigmoid_score,
            "score_clip": options.score_clipping_thresh
            if options.HasField("score_clipping_thresh")
            else None,
            "max_results": options.max_results,
        }
        if options.num_classes == 1:
            found = decode_detections(boxes, scores, anchors, coding, **settings)
        else:
            settings["max_classes"] = options.max_classes_per_detection
            found = decode_class_detections(boxes, scores, self._classes, anchors, coding, **settings)
        return flip_vertically(found) if options.flip_vertically else found

    def _send_decoded(self, tensors: list) -> None:
        """What a network has decoded and selected by itself."""
        if len(tensors) != 4:
            raise ValueError(
                f'stream "{self.tensors.name}" holds {len(tensors)} tensors; without x_scale, y_scale, '
                "w_scale and h_scale four are expected: boxes, classes, scores, and their number"
            )
        boxes, classes, scores, number = (
            tensors[self._places[name]] for name in ("detections", "classes", "scores", "num_detections")
        )
        size = boxes.shape[1] if boxes.ndim == 3 else -1
        self._check("the boxes", boxes, (1, size, self.options.num_coords))
        self._check("the classes", classes, (1, size))
        self._check("the scores", scores, (1, size))
        found = decoded_detections(
            boxes[0],
            classes[0],
            scores[0],
            int(np.ravel(number)[0]),
            sides=_box_sides(self.options),
            allowed=self._classes,
            min_score=self._min_score,
            max_results=self.options.max_results,
        )
        self.detections.send(flip_vertically(found) if self.options.flip_vertically else found)

    def _find_anchors(self, tensors: list) -> np.ndarray:
        """The anchors: the side packet's, or those that the network gives, there as y, x, height, width."""
        if len(tensors) == 3:
            anchors = tensors[self._places["anchors"]].reshape(-1, 4)
            self._check("the anchors", anchors, (self.options.num_boxes, 4))
            return anchors[:, [1, 0, 3, 2]]
        if self._anchors is None:
            raise ValueError("no anchors: connect the side packet ANCHORS (SsdAnchorsCalculator makes it)")
        return self._anchors

    def _check(self, what: str, array: np.ndarray, expected: tuple[int, ...]) -> None:
        if array.shape != expected:
            raise ValueError(f"{what}: shape {array.shape}; the options and regions expect {expected}")


def flip_vertically(found: Detections) -> Detections:
    """The same detections in an image whose y counts from the bottom."""
    boxes, keypoints = found.boxes.copy(), found.keypoints.copy()
    boxes[:, 1] = 1 - boxes[:, 1] - boxes[:, 3]
    keypoints[:, :, 1] = 1 - keypoints[:, :, 1]
    return replace(found, boxes=boxes, keypoints=keypoints)


def _is_raw(options: "TensorsToDetectionsCalculatorOptions") -> bool:
    """Whether the network leaves the decoding to this node: only then there is something to scale."""
    return any(getattr(options, name) for name in ("x_scale", "y_scale", "w_scale", "h_scale"))


def _tensor_places(options: "TensorsToDetectionsCalculatorOptions") -> dict[str, int]:
    """The index of each kind of tensor.

    Raises:
      ValueError: tensor_mapping names a tensor twice or leaves one out.
    """
    names = ("detections", "classes", "scores", "num_detections", "anchors")
    places = {"detections": 0, "scores": 1, "anchors": 2}
    if not _is_raw(options):
        places = {"detections": 0, "classes": 1, "scores": 2, "num_detections": 3}
    mapping = options.tensor_mapping
    if options.HasField("tensor_mapping"):
        given = {
            name: getattr(mapping, f"{name}_tensor_index")
            for name in names
            if mapping.HasField(f"{name}_tensor_index")
        }
        wanted = [name for name in names if name in places and (name != "anchors" or name in given)]
        if sorted(given) != sorted(wanted) or sorted(given.values()) != list(range(len(given))):
            raise ValueError(
                f"tensor_mapping must name the tensors 0 to {len(wanted) - 1} once each, as "
                f"{', '.join(wanted)}; it names {given}"
            )
        places.update(given)
    return places


def _box_sides(options: "TensorsToDetectionsCalculatorOptions") -> list[int]:
    """Where xmin, ymin, xmax and ymax stand in a decoded box."""
    indices = options.box_boundaries_indices
    sides = [indices.xmin, indices.ymin, indices.xmax, indices.ymax]
    if sorted(sides) != [0, 1, 2, 3]:
        raise ValueError(f"box_boundaries_indices must be 0, 1, 2 and 3, each once; got {sides}")
    return sides


def _coding(options: "TensorsToDetectionsCalculatorOptions") -> BoxCoding:
    """The options in the form of the decoder.

    Raises:
      ValueError: the options contradict one another.
    """
    box_format = "XYWH" if options.reverse_output_order else "YXHW"
    if options.HasField("box_format") and options.box_format != options.UNSPECIFIED:
        box_format = options.BoxFormat.Name(options.box_format)
    return BoxCoding(
        num_coords=options.num_coords,
        x_scale=options.x_scale,
        y_scale=options.y_scale,
        w_scale=options.w_scale,
        h_scale=options.h_scale,
        box_offset=options.box_coord_offset,
        keypoint_offset=options.keypoint_coord_offset,
        num_keypoints=options.num_keypoints,
        format=box_format,
        exponential_size=options.apply_exponential_on_box_size,
    )
