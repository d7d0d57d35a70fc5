"""The floor of a run: only decoder and networks, on two threads; benchmarks/end_to_end.py measures it.

    python floor_program.py film|photos INPUT MESH.tflite DETECTOR.tflite

No program with these decoders and networks takes less on two cores, unless a second thread makes a network
faster than a second core does. `film` decodes every frame on one thread, and runs the mesh network as often
on another. `photos` decodes every photo, and runs the detector once and the mesh network twice, half of the
photos on each thread. Nothing is converted, cropped, tracked or written, and all networks see zeros. Memory
that photos leave is kept for the next ones, as in a run of ours.
"""

from __future__ import annotations

import ctypes
import os
import queue
import sys
import threading
from pathlib import Path

if hasattr(os, "RTLD_LAZY"):
    sys.setdlopenflags(os.RTLD_LAZY)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ai_edge_litert.interpreter import Interpreter  # noqa: E402 - as a run of ours is started


def opened(model: str) -> Interpreter:
    interpreter = Interpreter(model, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def run_film(film: str, mesh: str) -> None:
    import av

    decoded: queue.SimpleQueue[bool] = queue.SimpleQueue()  # True for each frame, then False

    def decode() -> None:
        with av.open(film) as container:
            container.streams.video[0].thread_type = "NONE"
            for _ in container.decode(video=0):
                decoded.put(True)
        decoded.put(False)

    thread = threading.Thread(target=decode)
    thread.start()
    network = opened(mesh)
    while decoded.get():
        network.invoke()
    thread.join()


def run_photos(folder: str, mesh: str, detector: str) -> None:
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    if sys.platform.startswith("linux") and hasattr(ctypes.CDLL(None), "gnu_get_libc_version"):
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            ctypes.CDLL(None).mallopt(option, 1 << 30)
    files = sorted(Path(folder).iterdir())

    def work(part: list[Path]) -> None:
        networks = [opened(detector), opened(mesh), opened(mesh)]
        for file in part:
            cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
            for network in networks:
                network.invoke()

    threads = [threading.Thread(target=work, args=(files[part::2],)) for part in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main(kind: str, source: str, mesh: str, detector: str) -> None:
    if kind == "film":
        run_film(source, mesh)
    else:
        run_photos(source, mesh, detector)
    os._exit(0)  # as a run of ours ends


if __name__ == "__main__":
    main(*sys.argv[1:])
