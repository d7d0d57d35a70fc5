"""Shared libraries: the thread loads those that Python will load, and does without those that are missing."""

import subprocess
import sys

import pytest

from attention_mesh.cli.run.library_loading import load_libraries_meanwhile

PROGRAM = """
import sys
from attention_mesh.cli.run.library_loading import FILMS, NETWORKS, PICTURES, load_libraries_meanwhile
thread = load_libraries_meanwhile([NETWORKS, FILMS, PICTURES])
thread.join()
assert not {"ai_edge_litert", "av", "cv2"} & set(sys.modules)
loaded = open("/proc/self/maps").read()
for text in ("/ai_edge_litert/_pywrap", "/av/_core", "/libavcodec", "/cv2/cv2"):
    assert text in loaded, text
import av, cv2, ai_edge_litert.interpreter
print(cv2.getVersionMajor(), bool(av.codecs_available))
"""


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
