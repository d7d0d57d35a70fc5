"""Measurement of an exported file: what it loses, and how fast it is."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np

from attention_mesh.models.attention_mesh.load_network import Network

_WARM_UP, _ROUNDS = 3, 30


@dataclass(frozen=True)
class Measured:
    """The result of a measurement."""

    mean_px: float  # distance between the file's landmarks and the network's, in pixels of the input, x and y
    max_px: float
    milliseconds: float  # median for one image on one thread of this machine's CPU


def measure_tflite(content: bytes, network: Network, images: np.ndarray) -> Measured:
    """Runs a file of `export_tflite`, without parts, on each image.

    Args:
      content: the file's content.
      network: the network that was exported.
      images: (N, S, S, 3) float32 in [0, 1].
    """
    from ai_edge_litert.interpreter import Interpreter

    from attention_mesh.models.attention_mesh import refined_landmarks

    interpreter = Interpreter(model_content=content, num_threads=1)
    run = interpreter.get_signature_runner("serve")
    expected = refined_landmarks(
        {name: np.asarray(value) for name, value in network.predict_on_batch(images).items()}
    )
    found = np.concatenate([run(images=image[None])["landmarks"] for image in images])
    away = np.linalg.norm(found[:, :, :2] - expected[:, :, :2], axis=2)
    times = []
    for number in range(_WARM_UP + _ROUNDS):
        start = time.perf_counter()
        run(images=images[number % len(images)][None])
        times.append(time.perf_counter() - start)
    return Measured(float(away.mean()), float(away.max()), 1000 * statistics.median(times[_WARM_UP:]))
