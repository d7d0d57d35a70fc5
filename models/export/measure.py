"""What an exported file loses, and how fast it is."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

_WARM_UP, _ROUNDS = 3, 30


@dataclass(frozen=True)
class Measured:
    """mean_px, max_px: distance in the plane between the file's landmarks and the network's, in pixels of
    the input. milliseconds: median of one image on one thread of this machine's CPU."""

    mean_px: float
    max_px: float
    milliseconds: float


def measure_tflite(content: bytes, network: Any, images: np.ndarray) -> Measured:
    """Runs a file of `export_tflite`, without parts, on images (N, S, S, 3) float32 in [0, 1], one by one."""
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
