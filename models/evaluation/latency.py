"""Latency of the networks: the paper's Table 1 on this machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras

from attention_mesh.models.attention_mesh import AttentionMesh, Cascade, Preset
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.export.tflite import export_tflite, keras_to_tflite
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.models.weights.model_store import ModelStore

# Table 1 of arXiv 2006.10962: milliseconds on a Pixel 2 XL's GPU.
PAPER_MS = {"mesh": 8.82, "lips": 4.18, "eye and iris": 4.70, "cascade": 22.4, "attention mesh": 16.6}

_WARM_UP = 3  # rounds


@dataclass(frozen=True)
class Latency:
    """Median and quartiles, in milliseconds per face."""

    median: float
    lower: float
    upper: float


def table1_networks(preset: Preset | None, flavor: str = "cpu") -> dict[str, bytes]:
    """TFLite files (float32, one face) by the names of `PAPER_MS`, without "cascade", whose time is a sum.

    Args:
        preset: sizes of the networks; None for MediaPipe's own networks, downloaded on first use.
        flavor: "cpu" or "gpu", see `export_tflite`.

    Raises:
        WeightsError: the official networks are unavailable.
    """
    return _official_networks(flavor) if preset is None else _preset_networks(preset, flavor)


def _preset_networks(preset: Preset, flavor: str) -> dict[str, bytes]:
    """Networks with random weights: weights do not change how long a network takes."""
    cascade = Cascade(preset)
    side = cascade.side
    eye = keras.Input((side, side, 3))
    lips = keras.Sequential([cascade.lips_base, cascade.lips_trunk, *cascade.lips_heads])
    shared = cascade.eye_trunk(cascade.eye_base(eye))
    eyes = keras.Model(eye, [head(shared) for head in cascade.eye_heads])
    return {
        "mesh": export_tflite(cascade.mesh, flavor=flavor, batch=1, parts=True),
        "lips": keras_to_tflite(lips, (1, side, side, 3)),
        "eye and iris": keras_to_tflite(eyes, (1, side, side, 3)),
        "attention mesh": export_tflite(AttentionMesh(preset), flavor=flavor, batch=1, parts=True),
    }


def _official_networks(flavor: str) -> dict[str, bytes]:
    """MediaPipe's networks; it has none for the lips.

    "cpu" gives them as this package runs them. "gpu" gives them as released, except the attention mesh: a GPU
    accepts only the GPU flavor of `export_tflite`.
    """
    names = {
        "mesh": "face_landmark",
        "eye and iris": "iris_landmark",
        "attention mesh": "face_landmark_with_attention",
    }
    path = ModelStore().official_path if flavor == "gpu" else model_path
    files = {row: path(name).read_bytes() for row, name in names.items()}
    if flavor == "gpu":
        network = AttentionMesh.from_official()
        files["attention mesh"] = export_tflite(network, flavor=flavor, batch=1, parts=True)
    return files


def latencies(runs: Mapping[str, Callable[[], object]], rounds: int = 100) -> dict[str, Latency]:
    """Times of each function by name, measured in turns.

    "cascade" is the sum of mesh, lips (if present) and twice the eye, round by round.
    """
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(_WARM_UP + rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if turn >= _WARM_UP:
                times[name].append(1000 * (time.perf_counter() - start))
    if {"mesh", "eye and iris"} <= times.keys():
        lips = times.get("lips", [0.0] * rounds)
        parts = zip(times["mesh"], lips, times["eye and iris"], strict=True)
        times["cascade"] = [mesh + lip + 2 * eye for mesh, lip, eye in parts]
    return {name: _latency(values) for name, values in times.items()}


def _latency(values: list[float]) -> Latency:
    lower, _, upper = statistics.quantiles(values, n=4)
    return Latency(statistics.median(values), lower, upper)


def table1_markdown(measured: Mapping[str, Latency]) -> str:
    """Table 1: a row for each of `PAPER_MS`, and the time that the attention mesh saves over the cascade."""
    rows = []
    for name, paper in PAPER_MS.items():
        time_ms = measured.get(name)
        ours = "–" if time_ms is None else f"{time_ms.median:.2f} ({time_ms.lower:.2f}–{time_ms.upper:.2f})"
        rows.append([name, ours, f"{paper:.2f}"])
    saved = [
        f"{1 - table['attention mesh'] / table['cascade']:.0%}"
        for table in ({name: value.median for name, value in measured.items()}, PAPER_MS)
    ]
    rows.append(["the attention mesh takes less time by", *saved])
    return markdown_table(["network", "ms, median (quartiles)", "paper, ms (a phone's GPU)"], rows)
