"""How long the networks take: the paper's Table 1 on this machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from attention_mesh.models.attention_mesh import AttentionMesh, Cascade, Preset
from attention_mesh.models.export.tflite import export_tflite, keras_to_tflite
from attention_mesh.models.weights.model_path import model_path

# Table 1 of arXiv 2006.10962: milliseconds on a Pixel 2 XL's GPU.
PAPER_MS = {"mesh": 8.82, "lips": 4.18, "eye and iris": 4.70, "cascade": 22.4, "attention mesh": 16.6}


@dataclass(frozen=True)
class Latency:
    """median, and lower and upper quartile, in milliseconds of one face."""

    median: float
    lower: float
    upper: float


def table1_networks(preset: Preset) -> dict[str, bytes]:
    """TFLite files (float32, one face) by the names of `PAPER_MS` but cascade, which is a sum.

    Weights are random: they do not change how long a network takes.
    """
    cascade = Cascade(preset)
    side = cascade.side
    eye = keras.Input((side, side, 3))
    lips = keras.Sequential([cascade.lips_base, cascade.lips_trunk, *cascade.lips_heads])
    shared = cascade.eye_trunk(cascade.eye_base(eye))
    eyes = keras.Model(eye, [head(shared) for head in cascade.eye_heads])
    return {
        "mesh": export_tflite(cascade.mesh, batch=1, parts=True),
        "lips": keras_to_tflite(lips, (1, side, side, 3)),
        "eye and iris": keras_to_tflite(eyes, (1, side, side, 3)),
        "attention mesh": export_tflite(AttentionMesh(preset), batch=1, parts=True),
    }


def official_networks() -> dict[str, bytes]:
    """MediaPipe's own files, fetched on first use, by the names of `PAPER_MS`: it has no lips network.

    Raises WeightsError where they cannot be had.
    """
    names = {
        "mesh": "face_landmark",
        "eye and iris": "iris_landmark",
        "attention mesh": "face_landmark_with_attention",
    }
    return {row: model_path(name).read_bytes() for row, name in names.items()}


def latencies(files: Mapping[str, bytes], threads: int = 1, rounds: int = 100) -> dict[str, Latency]:
    """Times of each file by name, in turns, and of "cascade": mesh, lips where there are such, and twice the
    eye, of each round."""
    from ai_edge_litert.interpreter import Interpreter

    interpreters = {
        name: Interpreter(model_content=file, num_threads=threads) for name, file in files.items()
    }
    rng = np.random.default_rng(0)
    for interpreter in interpreters.values():
        interpreter.allocate_tensors()
        entry = interpreter.get_input_details()[0]
        interpreter.set_tensor(entry["index"], rng.random(entry["shape"]).astype(entry["dtype"]))
        interpreter.invoke()
    times: dict[str, list[float]] = {name: [] for name in files}
    for _ in range(rounds):
        for name, interpreter in interpreters.items():
            start = time.perf_counter()
            interpreter.invoke()
            times[name].append(1000 * (time.perf_counter() - start))
    if {"mesh", "eye and iris"} <= times.keys():
        lips = times.get("lips", [0.0] * rounds)
        parts = zip(times["mesh"], lips, times["eye and iris"], strict=True)
        times["cascade"] = [mesh + lip + 2 * eye for mesh, lip, eye in parts]
    return {name: _latency(values) for name, values in times.items()}


def _latency(values: list[float]) -> Latency:
    lower, _, upper = statistics.quantiles(values, n=4)
    return Latency(statistics.median(values), lower, upper)
