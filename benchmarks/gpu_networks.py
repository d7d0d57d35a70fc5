"""Measures the networks as WebGPU programs, beside LiteRT's accelerator and against LiteRT on the CPU.

    python benchmarks/gpu_networks.py [--adapter any] [--photos FOLDER] [--rounds 15] [--output FILE]

Both run on the same adapter in turns. On a software adapter the time of a run is the processor time of this
process, all threads together; on a GPU it is the time from the submission to the result. LiteRT chooses its
adapter itself: on Linux, VK_DRIVER_FILES and VK_ICD_FILENAMES with the .json file of a driver leave one to
choose, such as SwiftShader's. Differences are those of crops of faces in photos.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import cv2
import numpy as np
from spread import spread

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.runtime.errors import AcceleratorError
from attention_mesh.models.runtime.litert_gpu_runner import LitertGpuRunner
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.conversion.gpu_form import gpu_form
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.webgpu.compiler.compile_network import choose_target, compile_network
from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.program import Program
from attention_mesh.webgpu.program_runner import ProgramRunner

ATTENTION = "face_landmark_with_attention"
NETWORKS = (ATTENTION, "face_landmark", "face_detection_short_range", "face_detection_full_range")
CROPS, CROP_SIZE, MARGIN = 50, 192, 1.5


def crops(folder: Path) -> np.ndarray:
    """(N, 192, 192, 3) uint8: one face of each photo, turned upright, N up to `CROPS`."""
    found = []
    with FaceLandmarker(FaceLandmarkerOptions(num_faces=1)) as landmarker:
        for path in sorted(folder.iterdir()):
            picture = cv2.imread(str(path))
            if picture is None or len(found) == CROPS:
                continue
            image = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            faces = landmarker.detect(image).landmarks_px
            if len(faces):
                low, high = faces[0, :, :2].min(0), faces[0, :, :2].max(0)
                line = faces[0, 263, :2] - faces[0, 33, :2]  # outer corners of the eyes
                scale = CROP_SIZE / (MARGIN * (high - low).max())
                middle = (low + high) / 2
                turn = np.degrees(np.arctan2(line[1], line[0]))
                matrix = cv2.getRotationMatrix2D(middle.tolist(), turn, scale)
                matrix[:, 2] += CROP_SIZE / 2 - middle
                found.append(cv2.warpAffine(image, matrix, (CROP_SIZE, CROP_SIZE)))
    return np.stack(found)


class OwnRun:
    """One run of a program, and what it took."""

    def __init__(self, device: GpuDevice, program: Program) -> None:
        start, wall = time.process_time(), time.perf_counter()
        self.runner = ProgramRunner(device, program)
        self._device = device
        self.run()
        self.first_cpu, self.first_wall = time.process_time() - start, time.perf_counter() - wall
        self.encoding: list[float] = []

    def run(self) -> None:
        encoder = self._device.create_encoder()
        start = time.process_time()
        compute_pass = encoder.begin_compute_pass()
        self.runner.record(compute_pass)
        compute_pass.end()
        if hasattr(self, "encoding"):
            self.encoding.append(time.process_time() - start)
        self._device.submit(encoder)
        self._device.wait()


def measured(rounds: int, is_software: bool, *runs: object) -> list[list[float]]:
    """Milliseconds of each run in each round, in turns."""
    clock = time.process_time if is_software else time.perf_counter
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, taken in zip(runs, times, strict=True):
            start = clock()
            run()  # type: ignore[operator]
            taken.append(1000 * (clock() - start))
    return times


def peer_of(content: bytes) -> LitertGpuRunner | str:
    """LiteRT's accelerator with a network, or why there is none."""
    try:
        return LitertGpuRunner(gpu_form(content))
    except AcceleratorError as error:
        return str(error)


def row(device: GpuDevice, name: str, rounds: int) -> list[str]:
    content = model_path(name, fused=name == ATTENTION).read_bytes()
    start = time.process_time()
    program = compile_network(content, target=choose_target(device))
    compiling = time.process_time() - start
    own = OwnRun(device, program)
    peer = peer_of(content)
    cells = [name, str(len(program.dispatches)), f"{compiling:.2f}", f"{own.first_cpu:.1f}"]
    if isinstance(peer, str):
        (times,) = measured(rounds, device.adapter.is_software, own.run)
        rest = ["–", "–"]
    else:
        inputs = [
            np.zeros((1, *shape), kind)
            for shape, kind in zip(peer.inputs.shapes, peer.inputs.types, strict=True)
        ]
        peer.run(inputs)
        times, theirs = measured(rounds, device.adapter.is_software, own.run, lambda: peer.run(inputs))
        ratios = [one / other for one, other in zip(times, theirs, strict=True)]
        rest = [spread(theirs, 1), spread(ratios, 2)]
    return [*cells, f"{1000 * statistics.median(own.encoding):.2f}", spread(times, 1), *rest]


def differences(device: GpuDevice, images: np.ndarray) -> list[list[str]]:
    """The distance of the attention mesh's landmarks from those of the CPU, in pixels of the crop."""
    content = model_path(ATTENTION, fused=True).read_bytes()
    expected = LitertRunner(content).run([images])[0].reshape(len(images), 478, 3)
    rows = []
    for precision in ("float32", "float16"):
        if precision == "float16" and "f16" not in device.features:
            rows.append([precision, "the adapter has no 16-bit floats", ""])
            continue
        program = compile_network(content, precision, choose_target(device))
        runner, name = ProgramRunner(device, program), next(iter(program.inputs))
        found = np.concatenate([runner.run({name: image[None]})["landmarks"] for image in images])
        distance = np.abs(found.reshape(expected.shape) - expected)
        rows.append([precision, f"{distance.max():.5f}", f"{np.median(distance):.6f}"])
    return rows


def report(device: GpuDevice, names: list[str], photos: Path | None, rounds: int) -> str:
    what = "processor time" if device.adapter.is_software else "time"
    head = [
        "network",
        "dispatches",
        "compile, s",
        "first run, s",
        "encode, ms",
        f"{what}, ms",
        "LiteRT, ms",
        "ratio",
    ]
    text = [
        "# Networks on WebGPU",
        "",
        "Made by `python benchmarks/gpu_networks.py`. "
        f"{machine_description()}; {device.adapter}. Medians with quartiles.",
        "",
        markdown_table(head, [row(device, name, rounds) for name in names]),
    ]
    if photos is not None:
        images = crops(photos)
        table = markdown_table(["precision", "most, px", "median, px"], differences(device, images))
        text += [
            "",
            f"The attention mesh beside LiteRT on the CPU, {len(images)} crops of photos:",
            "",
            table,
        ]
    return "\n".join(text) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adapter", default="any", help="a name, a number, auto or any")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS))
    parser.add_argument("--photos", type=Path, help="folder with photos of faces")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    with GpuDevice(arguments.adapter) as device:
        text = report(device, arguments.networks, arguments.photos, arguments.rounds)
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
