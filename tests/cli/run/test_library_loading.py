"""Shared libraries: the thread loads those that Python will load, and does without those that are missing."""

import subprocess
import sys

import pytest

from attention_mesh.cli.run.library_loading import (
    FILMS,
    NETWORKS,
    PARQUET,
    PICTURES,
    libraries_of_run,
    load_libraries_meanwhile,
)

PROGRAM = """
import sys
from attention_mesh.cli.run.library_loading import libraries_of_run, load_libraries_meanwhile
thread = load_libraries_meanwhile(libraries_of_run("a.mp4", ["a.parquet"]))
thread.join()
assert not {"ai_edge_litert", "av", "cv2", "pyarrow"} & set(sys.modules)
loaded = open("/proc/self/maps").read()
for text in ("/ai_edge_litert/_pywrap", "/av/_core", "/libavcodec", "/cv2/cv2", "/pyarrow/lib"):
    assert text in loaded, text
import av, cv2, ai_edge_litert.interpreter, pyarrow.parquet
print(cv2.getVersionMajor(), bool(av.codecs_available))
"""


def test_a_run_loads_what_its_input_and_outputs_need(tmp_path):
    assert libraries_of_run("film.mp4", ["a.csv"]) == [NETWORKS, FILMS, PICTURES]
    assert libraries_of_run(str(tmp_path), ["a.csv", "B.PARQUET"]) == [NETWORKS, PICTURES, PARQUET]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux loads them on a thread")
def test_the_libraries_are_loaded_without_their_packages_and_serve_them_then():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1] == "True"


def test_a_package_that_is_missing_is_left_out():
    thread = load_libraries_meanwhile([("no_such_package", "*.so"), ("json", "*.so")])
    if thread is not None:
        thread.join(10)
        assert not thread.is_alive()
