"""Programs that end without close(), and landmarkers that are forgotten."""

import gc
import subprocess
import sys
import threading

import cv2
import pytest

from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)

RUNS = 3
"""Of each program at the same time. Before, about one in five aborted; a user's own thread, more."""

PROGRAM = """
import sys, threading
import cv2
import attention_mesh as mp

image = cv2.imread(sys.argv[1])[..., ::-1].copy()
begun = threading.Event()

def endless(call):
    def work():
        for index in range(10**9):
            call(index)
            begun.set()
    threading.Thread(target=work, daemon=True).start()

def live():
    options = mp.FaceLandmarkerOptions(
        running_mode=mp.RunningMode.LIVE_STREAM, result_callback=lambda *_: begun.set(), num_threads=1
    )
    landmarker = mp.FaceLandmarker(options)
    landmarker.detect_async(image, 0)
    begun.wait(30)
    landmarker.detect_async(image, 1)
    return landmarker

def video():
    landmarker = mp.FaceLandmarker(mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO, num_threads=1))
    endless(lambda index: landmarker.detect_for_video(image, index))
    return landmarker

def solution():
    face_mesh = mp.solutions.face_mesh.FaceMesh()
    endless(lambda index: face_mesh.process(image))
    return face_mesh

def graph():
    create = mp.packet_creator
    graph = mp.CalculatorGraph(graph_config='''input_stream: "image" output_stream: "mesh"
      input_side_packet: "num_faces" node { calculator: "FaceMesh" input_stream: "IMAGE:image"
        input_side_packet: "NUM_FACES:num_faces" output_stream: "LANDMARKS:mesh" }''')
    graph.observe_output_stream("mesh", lambda name, packet: begun.set())
    graph.start_run({"num_faces": create.create_int(1)})
    for index in range(10):
        frame = create.create_image_frame(image, image_format=mp.ImageFormat.SRGB)
        graph.add_packet_to_input_stream("image", frame.at(index))
    return graph

kept = globals()[sys.argv[2]]()
begun.wait(30)
if sys.argv[3] == "sys.exit":
    sys.exit(3)
if sys.argv[3] == "exception":
    raise ValueError("the program's own")
"""


@pytest.mark.parametrize("ending, code", [("end of main", 0), ("sys.exit", 3), ("exception", 1)])
@pytest.mark.parametrize("program", ["live", "video", "solution", "graph"])
def test_a_program_that_ends_without_close_keeps_its_exit_code(
    start_processes, tmp_path, astronaut, program, ending, code
):
    photo = str(tmp_path / "photo.png")
    cv2.imwrite(photo, cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    command = [sys.executable, "-c", PROGRAM, photo, program, ending]
    for run in start_processes(command, RUNS):
        _, errors = run.communicate(timeout=120)
        assert run.returncode == code, errors
        assert "the program's own" in errors if ending == "exception" else not errors


BLOCKED = """
import sys, threading
import numpy as np
import attention_mesh as mp

begun = threading.Event()

def block(*_):
    begun.set()
    threading.Event().wait()

options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.LIVE_STREAM, result_callback=block)
landmarker = mp.FaceLandmarker(options)
landmarker.detect_async(np.zeros((64, 64, 3), np.uint8), 0)
begun.wait(30)
sys.exit(3)
"""


def test_a_callback_that_never_returns_does_not_keep_the_program_from_ending():
    run = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (3, b"")


LATE_ERROR = BLOCKED.replace(
    "threading.Event().wait()", 'import time; time.sleep(0.5); raise KeyError("late")'
)


def test_an_error_of_the_callback_at_the_program_s_end_is_printed():
    run = subprocess.run([sys.executable, "-c", LATE_ERROR], capture_output=True, timeout=60, check=False)
    assert run.returncode == 3
    assert b"FaceLandmarker live stream" in run.stderr and b"KeyError: 'late'" in run.stderr


class Viewer:
    """A user's class, whose callback refers to the landmarker."""

    def __init__(self, image):
        self.arrived = threading.Event()
        self.landmarker = FaceLandmarker(
            FaceLandmarkerOptions(
                running_mode=RunningMode.LIVE_STREAM, result_callback=self.show, detector="short"
            )
        )
        self.landmarker.detect_async(image, 0)
        assert self.arrived.wait(30)

    def show(self, result, image, timestamp_ms):
        self.arrived.set()


def live_threads():
    return [thread for thread in threading.enumerate() if thread.name == "FaceLandmarker live stream"]


def test_20_forgotten_landmarkers_give_back_their_threads_and_memory(astronaut):
    psutil = pytest.importorskip("psutil", reason="psutil is in the dev extra")

    def forget(count):
        for _ in range(count):
            Viewer(astronaut)
            gc.collect()
        for thread in live_threads():
            thread.join(10)
        gc.collect()

    before = set(live_threads())
    forget(4)
    natives, resident = psutil.Process().num_threads(), psutil.Process().memory_info().rss
    forget(20)
    assert set(live_threads()) <= before
    assert psutil.Process().num_threads() <= natives + 1  # the runtime may keep one for itself
    growth_mib = (psutil.Process().memory_info().rss - resident) / 2**20
    assert growth_mib < 60  # kept, they would be 470 MiB; the rest is what allocators hold


def test_a_forgotten_landmarker_still_calls_back_for_the_frames_it_was_given(astronaut):
    arrived = threading.Event()
    options = FaceLandmarkerOptions(
        running_mode=RunningMode.LIVE_STREAM, result_callback=lambda *_: arrived.set()
    )
    FaceLandmarker(options).detect_async(astronaut, 0)
    gc.collect()
    assert arrived.wait(30)
