"""Tensors → tensors, through a network."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.tensor.litert_runner import LitertRunner
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator


@calculator
class InferenceCalculator(Calculator):
    """Runs a .tflite network on all faces of a frame in one call.

    MediaPipe's node of this name, with a batch: every tensor has the faces as its leading axis, and a packet
    of no faces (F = 0) gives empty outputs of the right shapes without running the network.

    `model_path` is a file, or the name of an official model (`face_landmark_with_attention`,
    `face_detection_short_range`, …) or its path in MediaPipe's tree, which is fetched and loaded when the
    first tensors arrive, so that a network behind a closed gate costs nothing; the side packet MODEL comes
    before it, and is loaded at the start.
    Threads: the side packet NUM_THREADS, else the option; 0 and -1 mean as many as useful. The delegates
    `tflite` and `xnnpack` are the same CPU runtime here; `gpu` and `nnapi` are refused.

    Example::

        node {
          calculator: "InferenceCalculator"
          input_stream: "TENSORS:face_tensors"
          output_stream: "TENSORS:output_tensors"
          options {
            [mediapipe.InferenceCalculatorOptions.ext] {
              model_path: "face_landmark_with_attention"
              delegate { xnnpack { num_threads: 2 } }
            }
          }
        }
    """

    # One array an input of the model: (F, ...) float32, e.g. (F, 192, 192, 3) RGB in [0, 1].
    tensors_in = Input("TENSORS", list)
    # A path, the name of an official model, or the bytes of a .tflite file.
    model = SideInput("MODEL", object, optional=True)
    num_threads = SideInput("NUM_THREADS", int, optional=True)
    # One array an output of the model, in its order: (F, ...) float32.
    tensors_out = Output("TENSORS", list)

    timestamp_offset = 0
    Options = "mediapipe.InferenceCalculatorOptions"

    @classmethod
    def contract(cls, node) -> None:
        options = node.options
        given = any(connection.entry.tag == "MODEL" for connection in node.side_inputs)
        if not given and not options.model_path:
            raise ValueError("a model is needed: the option model_path or the side packet MODEL")
        delegate = options.delegate.WhichOneof("delegate")
        if delegate in ("gpu", "nnapi"):
            raise ValueError(f"delegate {delegate} is not available here; xnnpack and tflite are")
        if options.input_output_config.feedback_tensor_links:
            raise ValueError("feedback_tensor_links are not supported")

    def open(self) -> None:
        self._runner: LitertRunner | None = None
        self._source = self.model.value if self.model.connected else self.options.model_path
        if self.model.connected or _official_name(self._source) is None:
            self._load()

    def _load(self) -> None:
        self._runner = LitertRunner(_resolve(self._source), self._threads())
        config = self.options.input_output_config
        self._input_order = _order(config, "input", self._runner.input_names)
        self._output_order = _order(config, "output", self._runner.output_names)

    def process(self) -> None:
        if self.tensors_in.is_empty:
            return
        if self._runner is None:
            self._load()
        tensors = self.tensors_in.value
        if self._input_order is not None and len(tensors) == len(self._input_order):
            tensors = [tensors[place] for place in np.argsort(self._input_order)]
        results = self._runner.run(tensors)
        if self._output_order is not None:
            results = [results[index] for index in self._output_order]
        self.tensors_out.send(results)

    def close(self) -> None:
        # Interpreters hold threads and memory; they should not outlive the run.
        self._runner = None

    def _threads(self) -> int:
        if self.num_threads.connected:
            return self.num_threads.value
        if self.options.delegate.WhichOneof("delegate") == "xnnpack":
            return self.options.delegate.xnnpack.num_threads
        return self.options.cpu_num_thread


def _official_name(source: str | Path) -> str | None:
    """The official model that a graph means; None where it means a file."""
    from attention_mesh.models.weights import MODELS

    # MediaPipe's graphs name the file by its path in MediaPipe's tree, which is its path in the wheel.
    names = {model.member: name for name, model in MODELS.items()} | {name: name for name in MODELS}
    return None if Path(source).is_file() else names.get(str(source))


def _resolve(source: object) -> Path | bytes:
    """The file or bytes behind what the graph names; an official model is fetched if need be."""
    from attention_mesh.models.weights import model_path

    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, (str, Path)):
        official = _official_name(source)
        return Path(source) if official is None else model_path(official)
    raise ValueError(f"MODEL is a path, a name or bytes, not {type(source).__name__}")


def _order(config, side: str, names: list[str]) -> list[int] | None:
    """For each of the calculator's tensors the index of the model's; None where nothing is stated."""
    if config.HasField(f"{side}_tensor_indices_map"):
        order = list(getattr(config, f"{side}_tensor_indices_map").model_tensor_indices)
    elif config.HasField(f"{side}_tensor_names_map"):
        wanted = list(getattr(config, f"{side}_tensor_names_map").tensor_names)
        unknown = [name for name in wanted if name not in names]
        if unknown:
            raise ValueError(f"the model has no {side} {unknown[0]!r}; it has {', '.join(names)}")
        order = [names.index(name) for name in wanted]
    else:
        return None
    if sorted(order) != list(range(len(names))):
        raise ValueError(f"the {side} map must name each of {len(names)} tensors once, got {order}")
    return order
