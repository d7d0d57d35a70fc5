"""Measures smaller weights: size, loss and time of the TFLite exports of the official network.

    python benchmarks/quantization.py [--output benchmarks/results/quantization.md]

A loss is the distance in x, y from the landmarks that Keras computes in float32, in pixels of the 192 px
input, on synthetic faces of the built-in rig. Times are those of one face on one thread, measured in turns.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow
from ai_edge_litert.interpreter import Interpreter
from spread import spread

from attention_mesh.cli.machine import machine_description
from attention_mesh.models.attention_mesh import AttentionMesh, refined_landmarks
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.export.saved_model import ENDPOINT, export_saved_model
from attention_mesh.models.export.tflite import export_tflite
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.synthetic_faces import SyntheticFaces

CALIBRATION, TESTED, ROUNDS = 64, 32, 40


def crops(count: int, seed: int) -> np.ndarray:
    """Crops of synthetic faces, (count, 192, 192, 3) float32 in [0, 1]."""
    faces, rng = SyntheticFaces(builtin_rig()), np.random.default_rng(seed)
    samples = (Augmentation.none().crop(faces.sample(rng), 192, rng) for _ in range(count))
    return np.stack([sample.image for sample in samples]).astype(np.float32) / 255


def with_int8_activations(network: AttentionMesh) -> bytes:
    """The file with 8-bit weights and activations, scaled by calibration images. Operators without an 8-bit
    form stay float."""
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(network, Path(folder), False, 1, "float32")
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[ENDPOINT])
        converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ({"images": crop[None]} for crop in crops(CALIBRATION, 1))
        return converter.convert()


def report() -> str:
    network, images = AttentionMesh.from_official(), crops(TESTED, 0)
    files = {name: export_tflite(network, name, batch=1) for name in ("float32", "float16", "int8")}
    files["int8, activations too"] = with_int8_activations(network)
    outputs = {name: np.asarray(value) for name, value in network.predict_on_batch(images).items()}
    expected = refined_landmarks(outputs)
    interpreters = {name: Interpreter(model_content=file, num_threads=1) for name, file in files.items()}
    runs = {name: interpreter.get_signature_runner("serve") for name, interpreter in interpreters.items()}
    losses = {}
    for name, run in runs.items():
        found = np.concatenate([run(images=image[None])["landmarks"] for image in images])
        losses[name] = np.linalg.norm(found[:, :, :2] - expected[:, :, :2], axis=2)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(ROUNDS):
        for name, run in runs.items():
            start = time.perf_counter()
            run(images=images[turn % TESTED][None])
            times[name].append(1000 * (time.perf_counter() - start))
    ratios = {name: np.divide(values, times["float32"]).tolist() for name, values in times.items()}
    rows = [
        [
            name,
            f"{len(file) / 1e6:.1f}",
            f"{losses[name].mean():.3f}",
            f"{losses[name].max():.2f}",
            spread(times[name]),
            spread(ratios[name]),
        ]
        for name, file in files.items()
    ]
    head = ["precision", "MB", "loss, mean px", "most px", "ms", "time / float32"]
    made = f"Made by `python benchmarks/quantization.py`. {machine_description()}, one of them used."
    return f"# Quantization\n\n{made}\n\n{markdown_table(head, rows)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    output = parser.parse_args().output
    text = report()
    print(text)
    if output:
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
