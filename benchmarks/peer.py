"""A process that runs one implementation of the face mesh and answers commands, one per line.

    python peer.py official|solution|landmarker|network|released

Each line on stdin is a JSON object with `command`. Each answer is one JSON line on stdout:

    {"command": "info"}                                      → {"version", "python", "import_s"}
    {"command": "open", "video": path, "shape": [H, W, 3], "num_faces": n, "num_threads": t}
                                                             → {"open_s", "first_frame_s", "faces"}
    {"command": "run", "start": i, "stop": j}                → {"ms": [...], "faces": [...]}
    {"command": "memory"}                                    → {"peak_mib"}

`video` is a file of raw frames, (N, H, W, 3) uint8 RGB. The frames of a run are read before its first clock
starts. Each is copied just before its own clock starts, as if a decoder had written it. This file runs in
mediapipe's environment and in ours, so it imports only numpy and the implementation.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


class Official:
    """mediapipe's own FaceMesh, refined, in video mode."""

    package = "mediapipe"

    def __init__(self, num_faces: int, num_threads: int) -> None:
        if num_threads:
            raise ValueError("mediapipe's FaceMesh has no setting for its threads")
        self._mesh = self.load().FaceMesh(
            static_image_mode=False, max_num_faces=num_faces, refine_landmarks=True
        )

    @staticmethod
    def load() -> Any:
        import mediapipe

        return mediapipe.solutions.face_mesh

    def process(self, image: np.ndarray, index: int) -> int:
        """The number of faces found; reads one coordinate, as a program would."""
        found = self._mesh.process(image).multi_face_landmarks
        if not found:
            return 0
        return len([face.landmark[0].x for face in found])


class Solution(Official):
    """Our drop-in, called like mediapipe's FaceMesh."""

    package = "attention-mesh"

    @staticmethod
    def load() -> Any:
        import attention_mesh

        return attention_mesh.solutions.face_mesh


class Landmarker:
    """Our own API in video mode. With `num_threads`, it does only what mediapipe's FaceMesh does."""

    package = "attention-mesh"

    def __init__(self, num_faces: int, num_threads: int) -> None:
        from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
            FaceLandmarkerOptions,
            RunningMode,
        )

        plain = {"detector": "short", "smooth_landmarks": False, "num_threads": num_threads}
        self._landmarker = self.load().create_from_options(
            FaceLandmarkerOptions(
                running_mode=RunningMode.VIDEO, num_faces=num_faces, **(plain if num_threads else {})
            )
        )

    @staticmethod
    def load() -> Any:
        from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker

        return FaceLandmarker

    def process(self, image: np.ndarray, index: int) -> int:
        """The number of faces found."""
        return len(self._landmarker.detect_for_video(image, index * 33).landmarks_px)


class Network:
    """The bare inference: the attention network on a fixed batch, without image and result."""

    package = "ai-edge-litert"

    def __init__(self, num_faces: int, num_threads: int) -> None:
        from attention_mesh.models.runtime.thread_count import default_thread_count

        self._interpreter = self.load()(
            model_content=self.content(num_faces), num_threads=num_threads or default_thread_count()
        )
        self._interpreter.allocate_tensors()
        (entry,) = self._interpreter.get_input_details()
        crop = np.random.default_rng(0).random(entry["shape"], np.float32)
        self._interpreter.set_tensor(entry["index"], crop)
        self._num_faces = num_faces

    @staticmethod
    def content(num_faces: int) -> bytes:
        """The content of the file that our graphs run."""
        from attention_mesh.models.weights import model_path

        return model_path("face_landmark_with_attention", batch=num_faces).read_bytes()

    @staticmethod
    def load() -> Any:
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter

    def process(self, image: np.ndarray, index: int) -> int:
        """The size of the batch."""
        self._interpreter.invoke()
        return self._num_faces


class ReleasedNetwork(Network):
    """The bare inference of the network, rewritten only as far as a stock runtime needs."""

    @staticmethod
    def content(num_faces: int) -> bytes:
        from attention_mesh.models.weights.conversion.convert import convert
        from attention_mesh.models.weights.model_store import ModelStore

        official = ModelStore().official_path("face_landmark_with_attention").read_bytes()
        return convert(official, ("fold_float16", "replace_attention_operators", "free_batch"), num_faces)


IMPLEMENTATIONS = {
    "official": Official,
    "solution": Solution,
    "landmarker": Landmarker,
    "network": Network,
    "released": ReleasedNetwork,
}


def as_decoded(stored: np.ndarray) -> np.ndarray:
    """The frame as a video decoder leaves it: just written, so that a part of it is in the caches."""
    return stored.copy()


class Peer:
    """Answers the commands, see the module's docstring."""

    def __init__(self, name: str) -> None:
        self._kind = IMPLEMENTATIONS[name]
        start = time.perf_counter()
        self._kind.load()
        self._import_s = time.perf_counter() - start
        self._implementation: Any = None
        self._frames: Callable[[int], np.ndarray] | None = None
        self._index = 0

    def info(self) -> dict[str, Any]:
        return {
            "version": f"{self._kind.package} {importlib.metadata.version(self._kind.package)}",
            "python": sys.version.split()[0],
            "import_s": self._import_s,
        }

    def open(self, video: str, shape: list[int], num_faces: int, num_threads: int) -> dict[str, Any]:
        size = int(np.prod(shape))

        def frame(index: int) -> np.ndarray:
            return np.fromfile(video, np.uint8, size, offset=index * size).reshape(shape)

        self._frames = frame
        first = as_decoded(frame(0))
        start = time.perf_counter()
        self._implementation = self._kind(num_faces, num_threads)
        opened = time.perf_counter()
        faces = self._implementation.process(first, 0)
        self._index = 1
        return {
            "open_s": opened - start,
            "first_frame_s": time.perf_counter() - start,
            "faces": faces,
        }

    def run(self, start: int, stop: int) -> dict[str, Any]:
        milliseconds, faces = [], []
        for stored in [self._frames(number) for number in range(start, stop)]:
            image = as_decoded(stored)
            begin = time.perf_counter()
            count = self._implementation.process(image, self._index)
            milliseconds.append((time.perf_counter() - begin) * 1e3)
            faces.append(count)
            self._index += 1
        return {"ms": milliseconds, "faces": faces}

    def memory(self) -> dict[str, Any]:
        with open("/proc/self/status") as status:
            peak_kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
        return {"peak_mib": peak_kib / 1024}


def main(name: str) -> None:
    # The implementations print to stderr, because stdout is for the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = Peer(name)
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(peer, request.pop("command"))(**request)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
