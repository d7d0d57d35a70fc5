"""Measures what an avatar costs: a picture by each renderer, and a whole frame of the puppet graph.

    .venv/bin/python benchmarks/avatar.py [--frames 120] [--output FILE.md]

Processor time of all threads, OpenCV and the inference on one thread. The face fills half of the picture's
height and moves. Renderer gpu is left out where the extra `gpu` or a driver is missing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from clips import synthetic_frames

from attention_mesh.cli.machine import machine_description
from attention_mesh.drawing.avatar.avatar_renderer import open_avatar_renderer
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
from attention_mesh.drawing.errors import AvatarError
from attention_mesh.framework import CalculatorGraph, load_graph_config
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)

SIZES = ((480, 480), (854, 480), (1280, 720))
WARM_UP = 10
FRAME_US = 33333
DISTANCE_CM = 45.0  # the head with its hair is then half of the picture high
RESTING = {
    **{"calibration_seconds": 0.0, "avatar": "", "layout": "avatar", "renderer": "software", "record": ""},
    **{"virtual_camera": "", "vmc_address": "", "vmc_expressions": "perfect-sync", "track": 0},
    **{"ifacialmocap_address": "", "ifacialmocap_version": 1, "livelink_address": ""},
}


def moving_scene(index: int) -> AvatarScene:
    """A face that turns by up to 30° and changes a third of its coefficients."""
    rng = np.random.default_rng(index % 50)
    values = rng.uniform(0, 1, (1, len(BLENDSHAPE_NAMES))) * (rng.uniform(0, 1, len(BLENDSHAPE_NAMES)) < 0.33)
    yaw = np.radians(30) * np.sin(index / 9)
    pose = np.eye(4)
    pose[0, 0] = pose[2, 2] = np.cos(yaw)
    pose[0, 2], pose[2, 0] = np.sin(yaw), -np.sin(yaw)
    pose[2, 3] = -DISTANCE_CM
    return AvatarScene(values.astype(np.float32), pose[None])


def milliseconds(step: Callable[[int], object], frames: int) -> str:
    """Median and quartiles of the processor time of a step."""
    times = []
    for index in range(WARM_UP + frames):
        start = time.process_time()
        step(index)
        times.append((time.process_time() - start) * 1e3)
    low, middle, high = statistics.quantiles(times[WARM_UP:], n=4)
    return f"{middle:.1f} ({low:.1f}–{high:.1f})"


def pictures(kind: str, frames: int) -> list[str] | None:
    """A cell for each of `SIZES`; None if the renderer is not here."""
    try:
        renderer = open_avatar_renderer(builtin_avatar(), kind)
    except (ImportError, AvatarError) as error:
        print(f"{kind} is left out: {error}")
        return None
    cells = []
    for width, height in SIZES:
        picture = np.zeros((height, width, 3), np.uint8)
        cells.append(
            milliseconds(lambda index, onto=picture: renderer.draw(onto, moving_scene(index)), frames)
        )
    renderer.close()
    return cells


def whole_frames(frames: int, height: int | None) -> str:
    """A frame of the puppet graph at 640×480, with a picture of this height, or with none."""
    images = list(synthetic_frames((640, 480), 1, 60))
    side_packets = face_mesh_side_packets(num_threads=1) | RESTING
    side_packets |= {"height": height or 0, "draw": height is not None}

    def step(index: int) -> None:
        graph.add_packet("image", images[index % len(images)], index * FRAME_US)
        graph.wait_until_idle()

    config = load_graph_config(face_mesh_graph_path("face_puppet"))
    with CalculatorGraph(config, scheduler="caller") as graph:
        graph.observe_output_stream("blendshapes", lambda packet: None)
        graph.start_run(side_packets)
        return milliseconds(step, frames)


def device() -> str:
    """What the renderer gpu draws with."""
    try:
        import wgpu

        return str(wgpu.gpu.request_adapter_sync(power_preference="high-performance").info["device"])
    except (ImportError, RuntimeError):
        return "no device"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    sizes = [f"{width}×{height}" for width, height in SIZES]
    rows = [["software", *(pictures("software", arguments.frames) or [])]]
    by_card = pictures("gpu", max(5, arguments.frames // 12))
    if by_card is not None:
        rows.append([f"gpu, on {device()}", *by_card])
    graph = [
        ["face, pose, blend shapes, gaze", whole_frames(arguments.frames, None)],
        ["the same and a picture of 640×480", whole_frames(arguments.frames, 480)],
    ]
    report = "\n".join(
        [
            "# Avatars: what a picture costs",
            "",
            f"Made by `python benchmarks/avatar.py`. {machine_description()}.",
            f"Milliseconds of processor time, median and quartiles of {arguments.frames} frames",
            "(a twelfth of them for gpu). One thread, except for those of a gpu driver. The built-in avatar,",
            "whose head fills half of the picture's height.",
            "",
            markdown_table(["renderer", *sizes], rows),
            "",
            "A whole frame of `graphs/face_mesh/face_puppet.pbtxt`, one tracked face at 640×480:",
            "",
            markdown_table(["with", "a frame"], graph),
            "",
        ]
    )
    print(report)
    if arguments.output:
        arguments.output.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
