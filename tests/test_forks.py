"""Forked processes: a child uses, closes, drops and leaves behind what its parent has at work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from attention_mesh.tests.limited_process import run_program

pytestmark = pytest.mark.skipif(not hasattr(sys, "getdlopenflags"), reason="Windows has no fork")

_PARENT = """
import gc, os, signal, threading, time, warnings
import numpy as np
warnings.simplefilter("ignore")  # Python's own, of a fork while there are threads
from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode
from attention_mesh.framework import CalculatorGraph, GraphError

def landmarker(mode, **more):
    options = FaceLandmarkerOptions(running_mode=mode, weights="open", num_threads=2, **more)
    return FaceLandmarker(options)

def exit_code_of(child):
    process = os.fork()
    if process == 0:
        signal.alarm(30)  # ends a child that hangs
        child()
        sys.exit(7)  # through the interpreter's whole end, which frees what is left
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

image = np.zeros((64, 64, 3), np.uint8)
"""


def test_a_child_uses_closes_and_forgets_what_its_parent_has_at_work() -> None:
    """6 s: a process with five things at work, and 15 children. Before, 13 of them crashed or hung."""
    printed = run_program(
        _PARENT
        + """
PASS = '''input_stream: "a" output_stream: "b"
node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'''
calls = []
photo, video = landmarker(RunningMode.IMAGE), landmarker(RunningMode.VIDEO)
live = landmarker(RunningMode.LIVE_STREAM, result_callback=lambda *result: calls.append(result))
here, pool = (CalculatorGraph(PASS, scheduler=kind, num_threads=3) for kind in ("caller", "pool"))
for graph in (here, pool):
    graph.start_run()
times = iter(range(1, 10**6))

def use_live():
    live.detect_async(image, next(times))
    live._worker.finish()
    assert calls.pop()[2] == next(times) - 1

def use_pool():
    try:
        pool.add_packet("a", 1, next(times))
        pool.wait_until_idle()
    except GraphError as error:
        assert "before this process was forked" in str(error)
    else:
        assert os.getpid() == parent
    if os.getpid() != parent:
        pool.start_run()
        pool.add_packet("a", 1, next(times))
        pool.close()

def use_here():
    here.add_packet("a", 1, next(times))
    here.wait_until_idle()

parent = os.getpid()
things = {
    "photo": (photo, lambda: photo.detect(image)),
    "video": (video, lambda: video.detect_for_video(image, next(times))),
    "live": (live, use_live),
    "here": (here, use_here),
    "pool": (pool, use_pool),
}
for thing, use in things.values():
    use()
for name, (thing, use) in things.items():
    def forget():
        globals()[name] = None
        things.clear()
        gc.collect()
    print(name, [exit_code_of(child) for child in (use, thing.close, forget)])
for thing, use in things.values():  # the parent goes on
    use()
    thing.close()
print("parent")
"""
    )

    expected = [f"{name} [7, 7, 7]" for name in ("photo", "video", "live", "here", "pool")]
    assert printed.splitlines() == [*expected, "parent"]


def test_a_fork_while_other_threads_are_at_work_leaves_no_lock_taken() -> None:
    """4 to 6 s: threads of the parent are within LiteRT and within the engine as the children are forked."""
    printed = run_program(
        _PARENT
        + """
photo = landmarker(RunningMode.IMAGE)
live = landmarker(RunningMode.LIVE_STREAM, result_callback=lambda *result: None)
is_over = False

def feed_photo():
    while not is_over:
        photo.detect(image)

def feed_live():
    time_ms = 0
    while not is_over:
        time_ms += 1
        live.detect_async(image, time_ms)
        time.sleep(0.001)

threads = [threading.Thread(target=feed) for feed in (feed_photo, feed_live)]
for thread in threads:
    thread.start()

def use():
    photo.detect(image)
    live.detect_async(image, 10**6)
    live.close()
    photo.close()

print({exit_code_of(child) for child in (use, live.close, use)})
is_over = True
for thread in threads:
    thread.join()
"""
    )

    assert printed == "{7}\n"


def test_films_in_a_child_are_left_to_the_parent(tmp_path: Path) -> None:
    """2 s. A child that finished its parent's film would write into the same file."""
    printed = run_program(
        _PARENT
        + """
import av
from attention_mesh.media.errors import MediaError
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_writer import VideoWriter
folder, = sys.argv[1:]
large = np.zeros((736, 1280, 3), np.uint8)  # FFmpeg decodes it on several threads
writer = VideoWriter(folder + "/a.mp4", 10, (1280, 736))
for _ in range(4):
    writer.write(large)
print([exit_code_of(child) for child in (lambda: None, writer.close)])
writer.write(large)
writer.close()
source = open_source(folder + "/a.mp4")
frames = iter(source)
next(frames)

def read():
    try:
        next(frames)
    except MediaError as error:
        assert "before this process was forked" in str(error)
        with open_source(folder + "/a.mp4") as own:
            assert len(list(own)) == 5

print([exit_code_of(child) for child in (lambda: None, source.close, read)])
print(1 + len(list(frames)))
""",
        str(tmp_path),
    )

    assert printed.splitlines() == ["[7, 7]", "[7, 7, 7]", "5"]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_pool_of_processes_detects_and_ends(method: str, tmp_path: Path) -> None:
    """3 to 6 s each: every way in which Python starts the processes of a pool, with a landmarker in each."""
    program = tmp_path / "program.py"
    program.write_text(
        """
import multiprocessing, sys
import numpy as np
from attention_mesh import FaceLandmarker, FaceLandmarkerOptions

inherited = FaceLandmarker(FaceLandmarkerOptions(weights="open", num_threads=2))
image = np.zeros((64, 64, 3), np.uint8)
own = None

def make():
    global own
    own = FaceLandmarker(FaceLandmarkerOptions(weights="open", num_threads=2))

def detect(_):
    return len(inherited.detect(image)) + len(own.detect(image))

if __name__ == "__main__":
    inherited.detect(image)
    context = multiprocessing.get_context(sys.argv[1])
    pool = context.Pool(2, initializer=make)
    processes = list(pool._pool)
    print(pool.map(detect, range(4)))
    pool.close()
    pool.join()
    print([process.exitcode for process in processes])
"""
    )
    printed = run_program(
        "import runpy\nprogram = sys.argv.pop(1)\nrunpy.run_path(program, run_name='__main__')",
        str(program),
        method,
        timeout_s=120,
    )

    assert printed.splitlines() == ["[0, 0, 0, 0]", "[0, 0]"]
