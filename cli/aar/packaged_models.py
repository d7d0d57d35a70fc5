"""Packaged networks: the .tflite files of the archive, in half the space, with named inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.cli.aar.gpu_network import export_gpu_network
from attention_mesh.cli.errors import AarError
from attention_mesh.models.inference.blendshape_network import MODEL as BLENDSHAPES
from attention_mesh.models.weights.conversion.constants import halve_constants
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_files import OFFICIAL, OPEN, landmark_model, model_path

SIGNATURE = "serve"
_DETECTOR_OUTPUTS = ("regressors", "classificators")
_MESH_OUTPUTS = ("landmarks", "presence")


def packaged_models(weights: str) -> dict[str, bytes]:
    """The networks by name, as android/README.md lists them.

    The detectors are MediaPipe's with either weights, because there are no others.

    Args:
      weights: "official" or "open": whose landmark network.

    Raises:
      AarError: the weights are unknown, or the extra `train` is missing, which exports the network for GPUs.
      WeightsError: the official weights are unavailable.
    """
    if weights not in (OFFICIAL, OPEN):
        raise AarError(f"weights are {weights!r}; expected {OFFICIAL} or {OPEN}")
    detectors = {
        name: packed(model_path(name).read_bytes(), ["images"], _DETECTOR_OUTPUTS)
        for name in ("face_detection_short_range", "face_detection_full_range")
    }
    return {
        **detectors,
        "attention_mesh": packed(landmark_model(weights=weights).read_bytes(), ["images"], _MESH_OUTPUTS),
        "attention_mesh_gpu": packed(export_gpu_network(weights)),
        "blendshapes": packed(BLENDSHAPES.read_bytes()),
    }


def packed(content: bytes, inputs: Sequence[str] = (), outputs: Sequence[str] = ()) -> bytes:
    """A .tflite file of the same results, with constants in half precision and names for its tensors.

    A program finds inputs and outputs by the names of their tensors, or by the signature `serve`, in which
    they have the same names.

    Args:
      content: the file's content.
      inputs: names of the inputs in their order; by default those of the file's signature.
      outputs: the same for outputs. With a signature, the file's outputs are put into the order of these
        names.

    Raises:
      ValueError: the file has no signature, and `inputs` or `outputs` do not name each tensor.
    """
    graph = TfliteGraph.from_bytes(content)
    signed: dict[str, dict[str, int]] = {"inputs": {}, "outputs": {}}
    for signature in graph.model.signatureDefs or ():
        for kind, names in signed.items():
            names |= {entry.name.decode(): int(entry.tensorIndex) for entry in getattr(signature, kind)}
    named = [
        _named(signed["inputs"], inputs, graph.inputs),
        _named(signed["outputs"], outputs, graph.outputs),
    ]
    graph.graph.inputs = np.asarray(list(named[0].values()), np.int32)
    graph.set_outputs(list(named[1].values()))
    halve_constants(graph)
    graph.remove_unused()
    graph.number_names()
    graph.sign(SIGNATURE, list(named[0]), list(named[1]))
    return graph.to_bytes()


def _named(signed: dict[str, int], names: Sequence[str], tensors: list[int]) -> dict[str, int]:
    """Name → tensor, in the wanted order."""
    if signed:
        return {name: signed[name] for name in names or sorted(signed)}
    if len(names) != len(tensors):
        raise ValueError(
            f"{len(tensors)} tensors cannot have the names {', '.join(names) or 'of no signature'}"
        )
    return dict(zip(names, tensors, strict=True))
