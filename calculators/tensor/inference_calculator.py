"""Inference: tensors through a network."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.calculators.tensor.devices.network_runner import (
    CPU,
    DEVICES,
    GPU,
    NetworkRunner,
    open_network,
    run_network,
)
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.resources import find_resource
from attention_mesh.models.weights import model_path, official_name, runnable_model
from attention_mesh.webgpu.gpu_buffer import GpuTensor, GpuTensors

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.inference_calculator_pb2 import InferenceCalculatorOptions
    from attention_mesh.calculators.tensor.devices.gpu_network import GpuNetwork


# What has been loaded from files and is in use. Another node of the same file need not load it to find out
# that it can be run, and waits until it has something to run: it may rest for the whole run.
_loaded: WeakValueDictionary[tuple[object, ...], NetworkRunner] = WeakValueDictionary()


@calculator
class InferenceCalculator(Calculator):
    """Runs a .tflite network on all faces of a frame in one call.

    MediaPipe's node of this name, with a batch: every tensor has the faces as its leading axis, and a packet
    of no faces (F = 0) gives empty outputs of the right shapes without running the network.

    Tensors on a GPU, as `ImageToTensorCalculator` makes them of IMAGE_GPU, stay there: the node records the
    network, compiled by our own compiler, into the graph's work for the service "gpu". The device and the
    number of threads do not matter then. With `delegate { gpu { allow_precision_loss: true } }` it calculates
    with 16-bit floats, if the adapter has them.

    The model is a .tflite file, by its path or its bytes, or an official one by its name
    (`face_landmark_with_attention`, `face_detection_short_range`, …) or its path in MediaPipe's tree.
    Official files, and others with MediaPipe's custom operators, are rewritten to built-in ones as they are
    loaded. A model of the side packet is loaded at the start, unless another node has loaded the same file.
    Then, and if the option names an official model, it is loaded when the first tensors arrive, so that a
    network behind a closed gate costs nothing.

    Inputs: TENSORS, or TENSOR once per tensor; all of those are needed at a timestamp. COUNT, beside tensors
      on a GPU: how many faces of the batch are run, a number that only the GPU knows.
    Input side packets: MODEL, which overrides the option; NUM_THREADS; DELEGATE, a
      mediapipe.InferenceCalculatorOptions.Delegate, which overrides the option; DEVICE, "cpu", "gpu" or
      "auto", which overrides both, see `open_network`; OP_RESOLVER and CUSTOM_OP_RESOLVER, which are not
      needed.
    Outputs: TENSORS, or TENSOR once per tensor, in their order; empty if an input is.
    Options: `model_path`; `delegate`, of which `tflite` and `xnnpack` are the same CPU runtime here, `gpu` is
      LiteRT's accelerator for WebGPU or Metal, without its own options, and `nnapi` is refused; `use_gpu`,
      the same; a GPU that does not run the whole network, or fails in a run, leaves it to the CPU, which
      the log says;
      `cpu_num_thread`, unless NUM_THREADS or the delegate says how many; 0 and
      -1 mean one or several, whichever is faster at the moment. try_mmap_model and
      enable_zero_copy_tensor_io are hints without effect on the result, and are ignored.

    Example::

        node {
          calculator: "InferenceCalculator"
          input_stream: "TENSORS:face_tensors"
          output_stream: "TENSORS:output_tensors"
          node_options {
            [type.googleapis.com/mediapipe.InferenceCalculatorOptions] {
              model_path: "face_landmark_with_attention"
              delegate { xnnpack { num_threads: 2 } }
            }
          }
        }
    """

    # One array or GpuTensor per input of the model: (F, ...) float32, e.g. (F, 192, 192, 3) RGB in [0, 1].
    tensors_in = Input("TENSORS", list, optional=True)
    single_in = Input("TENSOR", np.ndarray | GpuTensor, optional=True, repeated=True)
    count = Input("COUNT", GpuTensor, optional=True)  # (1,) uint32: the first so many faces are run
    # A path, the name of an official model, or the bytes of a .tflite file.
    model = SideInput("MODEL", optional=True)
    num_threads = SideInput("NUM_THREADS", int, optional=True)
    delegate = SideInput("DELEGATE", optional=True)
    device = SideInput("DEVICE", str, optional=True)  # "cpu", "gpu" or "auto"
    resolver = SideInput("OP_RESOLVER", object, optional=True)
    custom_resolver = SideInput("CUSTOM_OP_RESOLVER", object, optional=True)
    # One array per output of the model, in its order: (F, ...) float32.
    tensors_out = Output("TENSORS", list)
    single_out = Output("TENSOR", object, repeated=True)

    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0
    Options = "mediapipe.InferenceCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        given = any(connection.entry.tag == "MODEL" for connection in node.side_inputs)
        if not given and not options.model_path:
            raise ValueError("a model is needed: the option model_path or the side packet MODEL")
        if len({connection.entry.tag for connection in node.inputs} - {"COUNT"}) != 1:
            raise ValueError("connect the input TENSORS, or TENSOR once per tensor")
        _check_delegate(options.delegate)
        if any(c.type in (GpuTensor, GpuTensors) for c in node.inputs if c.entry.tag != "COUNT"):
            node.require_service(GPU_SERVICE)
            node.set_output_type("TENSORS", 0, GpuTensors)
            for index in range(len(node.outputs)):
                node.set_output_type("TENSOR", index, GpuTensor)
        if options.use_nnapi:
            raise ValueError("use_nnapi is not available here; use_gpu is, and the CPU")
        config = getattr(options, "input_output_config", None)
        if config is not None and config.feedback_tensor_links:
            raise ValueError("feedback_tensor_links are not supported")

    def open(self) -> None:
        self._runner: NetworkRunner | None = None
        self._gpu_network: GpuNetwork | None = None
        self._delegate = self.delegate.value if self.delegate.connected else self.options.delegate
        _check_delegate(self._delegate)
        self._device = self._chosen_device()
        self._source = self.model.value if self.model.connected else self.options.model_path
        if not self._source:
            raise ValueError("the side packet MODEL was not given, and no option model_path replaces it")
        is_early = self.model.connected or find_resource(self._source) or not official_name(self._source)
        config = getattr(self.options, "input_output_config", None)
        if self.gpu is not None:
            return  # what comes may lie on the GPU, for which nothing is loaded here
        if is_early and (_key(self._source) not in _loaded or (config is not None and config.ByteSize())):
            self._load()

    def _load(self) -> NetworkRunner:
        self._model = _resolve(self._source)
        runner = open_network(self._model, self._device, self._threads())
        self._runner = runner
        key = _key(self._source)
        if key is not None:
            _loaded[key] = runner
        self._take_orders(runner.inputs.names, runner.outputs.names)
        return runner

    def process(self) -> None:
        tensors = self._tensors()
        if tensors is None:
            return
        if tensors and all(isinstance(tensor, GpuTensor) for tensor in tensors):
            self._run_on_gpu(tensors)
            return
        if not self.count.is_empty:
            raise ValueError("COUNT is for tensors on a GPU; these are on the CPU")
        runner = self._runner or self._load()
        if self._input_order is not None and len(tensors) == len(self._input_order):
            tensors = [tensors[place] for place in np.argsort(self._input_order)]
        results, self._runner = run_network(runner, tensors, self._model, self._threads())
        self._send(results)

    def _run_on_gpu(self, tensors: list[GpuTensor]) -> None:
        if self.gpu is None:
            raise ValueError('tensors on a GPU, in a graph without the service "gpu"')
        if self._gpu_network is None:
            # Imported here, with the compiler of networks: graphs that stay on the CPU do not need it.
            from attention_mesh.calculators.tensor.devices.gpu_network import GpuNetwork

            gpu = self._delegate.gpu
            may_be_half = gpu.HasField("allow_precision_loss") and gpu.allow_precision_loss
            self._gpu_network = network = GpuNetwork(self.gpu, _resolve(self._source), may_be_half)
            self._take_orders(network.input_names, network.output_names)
        if self._input_order is not None and len(tensors) == len(self._input_order):
            tensors = [tensors[place] for place in np.argsort(self._input_order)]
        self._send(GpuTensors(self._gpu_network.run(tensors, self.count.value)))

    def _take_orders(self, inputs: list[str], outputs: list[str]) -> None:
        # The options of the older TfLiteInferenceCalculator have no such field.
        config = getattr(self.options, "input_output_config", None)
        self._input_order = _order(config, "input", inputs)
        self._output_order = _order(config, "output", outputs)

    def _ordered(self, results: list[Any]) -> list[Any]:
        """The network's tensors in the order of the outputs."""
        if self._output_order is None:
            return results
        return [results[index] for index in self._output_order]

    def _send(self, results: list[Any]) -> None:
        results = self._ordered(results)
        self.tensors_out.send(results)
        if self.single_out:
            if len(self.single_out) > len(results):
                raise ValueError(f"{len(self.single_out)} TENSOR outputs; the model has {len(results)}")
            for index, port in enumerate(self.single_out):
                port.send(results[index])

    def _tensors(self) -> list[Any] | None:
        """The tensors of this timestamp; None if one is missing."""
        if not self.single_in:
            return self.tensors_in.value
        if any(port.is_empty for port in self.single_in):
            return None
        return [port.value for port in self.single_in]

    def close(self) -> None:
        # Interpreters hold threads and memory; they should not outlive the run.
        self._runner = self._gpu_network = None

    def _chosen_device(self) -> str:
        if self.device.connected and self.device.value is not None:
            if self.device.value not in DEVICES:
                raise ValueError(f"DEVICE is {self.device.value!r}; expected one of {', '.join(DEVICES)}")
            return self.device.value
        is_gpu = self._delegate.WhichOneof("delegate") == "gpu" or self.options.use_gpu
        return GPU if is_gpu else CPU

    def _threads(self) -> int:
        if self.num_threads.connected:
            return self.num_threads.value
        if self._delegate.WhichOneof("delegate") == "xnnpack":
            return self._delegate.xnnpack.num_threads
        return self.options.cpu_num_thread


def _check_delegate(delegate: "InferenceCalculatorOptions.Delegate") -> None:
    """Checks that a delegate is one of ours.

    Raises:
      ValueError: it is not.
    """
    if delegate.WhichOneof("delegate") == "nnapi":
        raise ValueError("delegate nnapi is not available here; gpu, xnnpack and tflite are")


def _key(source: object) -> tuple[object, ...] | None:
    """What a loaded file is known by; None for what is no file."""
    if not isinstance(source, (str, Path)) or not os.path.isfile(source):
        return None
    state = os.stat(source)
    return os.fspath(source), state.st_mtime_ns, state.st_size


def _resolve(source: object) -> Path | bytes:
    """The file or bytes behind what the graph names; an official model is fetched if need be."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return runnable_model(bytes(source))
    if not isinstance(source, (str, Path)):
        raise ValueError(f"MODEL is a path, a name or bytes, not {type(source).__name__}")
    file = find_resource(source)
    if file is not None:
        return runnable_model(file)
    official = official_name(source)
    return Path(source) if official is None else model_path(official)


def _order(config: Any, side: str, names: list[str]) -> list[int] | None:
    """For each of the calculator's tensors the index of the model's; None if the options state none."""
    if config is None:
        return None
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
