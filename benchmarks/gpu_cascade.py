"""Measures the attention mesh beside the cascade on a GPU: Table 1 of the paper, whose times are a GPU's.

    python benchmarks/gpu_cascade.py [--adapter any] [--presets official released] [--rounds 15]
        [--output FILE]

Networks are our WebGPU programs. The preset `official` has MediaPipe's mesh, iris and attention networks;
MediaPipe has none for the lips, so that its lips are those of `released`. Other presets have random weights,
which do not change the time. The cascade is recorded as a program would run it: mesh, lips and both eyes, the
latter as a batch of two, in one submission. The crops of lips and eyes between its networks, which the
attention mesh contains, are left out in its favor. All take turns. On a software adapter the time of a run is
the processor time of this process, all threads together; on a GPU it is the time from the submission to the
result. Where LiteRT's accelerator runs a network on the adapter, its time is given, too; its cascade is the
sum of mesh, lips and twice the eye.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np
from gpu_networks import measured
from spread import spread

from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.runtime.errors import AcceleratorError
from attention_mesh.models.runtime.litert_gpu_runner import LitertGpuRunner
from attention_mesh.models.weights.conversion.gpu_form import gpu_form
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.webgpu.compiler.compile_network import choose_target, compile_network
from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.program_runner import ProgramRunner

PAPER_MS = {"mesh": 8.82, "lips": 4.18, "eye and iris": 4.70, "cascade": 22.4, "attention mesh": 16.6}
PARTS = {"mesh": 1, "lips": 1, "eye and iris": 2}  # of the cascade, and how often each runs
WARM_UP = 2
OFFICIAL = "official"
OFFICIAL_NETWORKS = {
    "mesh": "face_landmark",
    "eye and iris": "iris_landmark",
    "attention mesh": "face_landmark_with_attention",
}


def networks(preset: str) -> dict[str, bytes]:
    """The files by name. TensorFlow and lavapipe crash each other, so another process makes some."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        files = pool.apply(_made, ("released" if preset == OFFICIAL else preset,))
    if preset == OFFICIAL:
        for name, model in OFFICIAL_NETWORKS.items():
            files[name] = model_path(model, fused="attention" in model).read_bytes()
    return files


def _made(preset: str) -> dict[str, bytes]:
    from attention_mesh.models.keras_backend import import_keras

    import_keras()
    from attention_mesh.models.evaluation.latency import table1_networks

    return table1_networks(preset)


def own_run(device: GpuDevice, runners: list[tuple[ProgramRunner, int]]) -> Callable[[], None]:
    """A run of some networks, each for a batch, in one submission."""

    def run() -> None:
        encoder = device.create_encoder()
        compute_pass = encoder.begin_compute_pass()
        for runner, items in runners:
            runner.record(compute_pass, items)
        compute_pass.end()
        device.submit(encoder)
        device.wait()

    return run


def peer_run(content: bytes) -> Callable[[], object] | None:
    """A run by LiteRT's accelerator; None if it does not run the network."""
    try:
        peer = LitertGpuRunner(gpu_form(content))
    except (AcceleratorError, ValueError):
        return None
    inputs = [
        np.zeros((1, *shape), kind) for shape, kind in zip(peer.inputs.shapes, peer.inputs.types, strict=True)
    ]
    return lambda: peer.run(inputs)


def times_of(device: GpuDevice, files: dict[str, bytes], rounds: int) -> dict[str, list[float]]:
    """Milliseconds by the name of the network, with "LiteRT: " before those of its accelerator."""
    runners = {
        name: ProgramRunner(
            device, compile_network(content, target=choose_target(device)), PARTS.get(name, 1)
        )
        for name, content in files.items()
    }
    runs: dict[str, Callable[[], object]] = {
        name: own_run(device, [(runner, 1)]) for name, runner in runners.items()
    }
    runs["cascade"] = own_run(device, [(runners[name], items) for name, items in PARTS.items()])
    for name, content in files.items():
        peer = peer_run(content)
        if peer is not None:
            runs[f"LiteRT: {name}"] = peer
    taken = measured(rounds + WARM_UP, device.adapter.is_software, *runs.values())
    times = {name: each[WARM_UP:] for name, each in zip(runs, taken, strict=True)}
    if all(f"LiteRT: {name}" in times for name in PARTS):
        rows = zip(*(times[f"LiteRT: {name}"] for name in PARTS), strict=True)
        times["LiteRT: cascade"] = [
            sum(count * part for count, part in zip(PARTS.values(), row, strict=True)) for row in rows
        ]
    return times


def table(times: dict[str, list[float]]) -> str:
    rows = []
    for name, paper in PAPER_MS.items():
        theirs = times.get(f"LiteRT: {name}")
        rows.append([name, spread(times[name], 1), spread(theirs, 1) if theirs else "–", f"{paper:.2f}"])
    saved = [_saved(times, ""), _saved(times, "LiteRT: "), f"{1 - 16.6 / 22.4:.0%}"]
    rows.append(["the attention mesh takes less by", *saved])
    return markdown_table(
        ["network", "ours, ms", "LiteRT's accelerator, ms", "paper, ms (a phone's GPU)"], rows
    )


def _saved(times: dict[str, list[float]], before: str) -> str:
    """The share of the cascade's time that the attention mesh saves: the median over rounds."""
    names = f"{before}attention mesh", f"{before}cascade"
    if not all(name in times for name in names):
        return "–"
    shares = [1 - one / other for one, other in zip(*(times[name] for name in names), strict=True)]
    return f"{statistics.median(shares):.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adapter", default="any", help="a name, a number, auto or any")
    parser.add_argument("--presets", nargs="+", default=[OFFICIAL, "released"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    files = {preset: networks(preset) for preset in given.presets}
    with GpuDevice(given.adapter) as device:
        what = "processor time" if device.adapter.is_software else "time"
        text = [f"{machine_description()}; {device.adapter}. Medians of {what} with quartiles."]
        for preset in given.presets:
            text += [f"The preset `{preset}`:", table(times_of(device, files[preset], given.rounds))]
    print("\n\n".join(text))
    if given.output is not None:
        given.output.write_text("\n\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
