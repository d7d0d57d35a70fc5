"""Compares MediaPipe's own face landmark graph on this package's engine with the face mesh graph.

    python benchmarks/mediapipe_graphs.py [--video clip.mp4] [--data FOLDER] [--output FILE.md]

Every graph gets the same frames, in turns of thirty; the first turn warms up. The report compares the
landmarks of MediaPipe's graphs with those of the face mesh graph in the same frame (without smoothing, one
face, short-range detector), and on photos with MediaPipe's own landmarks. Without mediapipe's environment
(--peer), only our wiring of the graph is measured. Without a video, a synthetic clip is used.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.benchmarks.clips import recorded_frames, synthetic_frames
from attention_mesh.benchmarks.face_mesh_run import FaceMeshRun
from attention_mesh.benchmarks.mediapipe_graph_run import OURS, FrontGraphRun
from attention_mesh.benchmarks.spread import spread
from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table

HERE = Path(__file__).resolve().parent
TURN = 30
FRAME_US = 33_333
FACE_MESH = "face mesh graph (face_mesh.pbtxt)"

VIDEO_HEAD = ["graph", "median px from face mesh", "99 % px", "same faces", "ms per frame", "× face mesh"]
PHOTO_HEAD = ["graph", "photos", "median px from MediaPipe", "99 % px", "worst photo's median", "found"]

Graph = tuple[Path, tuple[Path, ...]]


def front_graphs(peer: Path, folder: Path) -> dict[str, Graph]:
    """Our wiring, and MediaPipe's graph as binary and as text if its environment exists, by name."""
    graphs: dict[str, Graph] = {"our wiring of FaceLandmarkFrontCpu": (OURS, ())}
    if not peer.exists():
        print(f"no {peer}: MediaPipe's own files are left out")
        return graphs
    subprocess.run([peer, HERE / "peer_graphs.py", folder], check=True, capture_output=True)
    where = "import mediapipe.modules.face_landmark as room; print(room.__path__[0])"
    result = subprocess.run([peer, "-c", where], check=True, capture_output=True, text=True)
    binary = Path(result.stdout.split()[-1]) / "face_landmark_front_cpu.binarypb"
    graphs["MediaPipe's .binarypb on our subgraphs"] = (binary, ())
    graphs["MediaPipe's .pbtxt on its own subgraphs"] = (folder / OURS.name, (folder,))
    return graphs


def distances_px(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Distances in the image between the landmarks of the first faces; empty if one graph found no face."""
    if not len(points) or not len(others):
        return np.empty(0)
    return np.linalg.norm((points[0] - others[0])[:, :2], axis=1)


def measure_video(frames: list[np.ndarray], graphs: dict[str, Graph]) -> list[list[str]]:
    """One row per graph: distance from the face mesh graph's landmarks, milliseconds per frame, ratio."""
    times: dict[str, list[float]] = {}
    found: dict[str, list[np.ndarray]] = {}
    with ExitStack() as stack:
        side = {"num_faces": 1, "use_prev_landmarks": True, "num_threads": 0}
        runs: dict[str, Callable] = {
            FACE_MESH: stack.enter_context(FaceMeshRun("face_mesh", **side)).landmarks_px
        }
        for name, (file, folders) in graphs.items():
            runs[name] = stack.enter_context(FrontGraphRun(file, folders)).landmarks_px
        for start in range(0, len(frames), TURN):
            for name, landmarks_px in runs.items():
                for index in range(start, min(start + TURN, len(frames))):
                    before = time.perf_counter()
                    points = landmarks_px(frames[index], index * FRAME_US)
                    elapsed_ms = 1e3 * (time.perf_counter() - before)
                    found.setdefault(name, []).append(points)
                    if start:
                        times.setdefault(name, []).append(elapsed_ms)
    face_mesh_ms = np.median(times[FACE_MESH])
    rows = []
    for name in runs:
        pairs = list(zip(found[name], found[FACE_MESH], strict=True))
        distances = np.concatenate([distances_px(*pair) for pair in pairs])
        agree = sum(len(ours) == len(others) for ours, others in pairs)
        rows.append(
            [
                name,
                "–" if name == FACE_MESH else f"{np.median(distances):.4f}",
                "–" if name == FACE_MESH else f"{np.percentile(distances, 99):.3f}",
                f"{agree}/{len(pairs)}",
                spread(times[name]),
                f"{np.median(times[name]) / face_mesh_ms:.2f}",
            ]
        )
    return rows


def measure_photos(data: Path, graphs: dict[str, Graph], count: int) -> list[list[str]]:
    """One row per graph and set of photos: distance from MediaPipe's landmarks, static image mode.

    MediaPipe's landmarks are those of one face per photo. The graph finds up to eight; the nearest counts.
    """
    rows = []
    for room, archive in (("photos", "mediapipe_photos.npz"), ("iris", "mediapipe_iris.npz")):
        with np.load(data / archive) as official:
            chosen = range(0, len(official["names"]), max(1, len(official["names"]) // count))
            names, attention = official["names"][chosen], official["attention"][chosen]
        is_known = np.isfinite(attention).all(axis=(1, 2))
        for graph, (file, folders) in graphs.items():
            medians, distances, number = [], [], 0
            with FrontGraphRun(file, folders, num_faces=8, track=False) as run:
                for index in np.flatnonzero(is_known):
                    image = cv2.cvtColor(cv2.imread(str(data / room / names[index])), cv2.COLOR_BGR2RGB)
                    faces = run.landmarks_px(image, int(index) * FRAME_US)
                    number += len(faces) > 0
                    each = [distances_px(face[None], attention[index : index + 1]) for face in faces]
                    if each:
                        distances.append(min(each, key=np.median))
                        medians.append(np.median(distances[-1]))
            together = np.concatenate(distances)
            rows.append(
                [
                    graph,
                    room,
                    f"{np.median(together):.4f}",
                    f"{np.percentile(together, 99):.3f}",
                    f"{max(medians):.3f}",
                    f"{number}/{np.count_nonzero(is_known)}",
                ]
            )
    return rows


def report(arguments: argparse.Namespace, frames: list[np.ndarray], graphs: dict[str, Graph]) -> str:
    """The report: the tables and the text above them."""
    height, width = frames[0].shape[:2]
    source = f"`{arguments.video.name}`" if arguments.video else "the astronaut in front of a virtual camera"
    parts = [
        "# MediaPipe's own face landmark graph on this engine",
        f"Made by `python benchmarks/mediapipe_graphs.py`. {machine_description()}. Frames: {source}, "
        f"{len(frames)} of {width}×{height}.",
        markdown_table(VIDEO_HEAD, measure_video(frames, graphs)),
    ]
    if arguments.data:
        parts.append(markdown_table(PHOTO_HEAD, measure_photos(arguments.data, graphs, arguments.photos)))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--video", type=Path, help="a recorded video; default synthetic frames, 1280×720")
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--data", type=Path, help="folder with photos and MediaPipe's landmarks on them")
    parser.add_argument("--photos", type=int, default=60, help="of each set, evenly spread")
    parser.add_argument("--peer", type=Path, default=HERE.parent / ".venv-mediapipe" / "bin" / "python")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    arguments = parser.parse_args()
    if arguments.video:
        frames = list(recorded_frames(arguments.video, arguments.frames))
    else:
        frames = list(synthetic_frames((1280, 720), 1, arguments.frames))
    if len(frames) <= TURN:
        parser.error(f"{len(frames)} frames; more than {TURN} are needed")
    with tempfile.TemporaryDirectory() as folder:
        text = report(arguments, frames, front_graphs(arguments.peer, Path(folder)))
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
