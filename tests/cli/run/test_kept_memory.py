"""Freed memory is kept: the system does not clear the pages of a large picture again for the next one."""

import mmap
import platform
import subprocess
import sys
from pathlib import Path

import pytest

HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
pytestmark = [
    pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told"),
    pytest.mark.skipif(
        HUGE_PAGES.exists() and "[always]" in HUGE_PAGES.read_text(), reason="huge pages make few faults"
    ),
]

PICTURES = 8
BYTES = 36_000_000  # of a picture of 12 megapixels

CODE = f"""
import resource, sys, threading
from attention_mesh.cli.run.kept_memory import keep_freed_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def fill_pictures():
    for number in range({PICTURES}):
        before = faults()
        b"x" * {BYTES}
        counts.append(faults() - before)

counts = []
if sys.argv[1] == "kept":
    keep_freed_memory()
thread = threading.Thread(target=fill_pictures)  # as a run decodes: in an arena of its own
thread.start()
thread.join()
print(sum(counts[1:]))
"""


@pytest.mark.parametrize(("how", "shares"), [("kept", (0, 0.1)), ("returned", (0.9, 1.1))])
def test_pages_of_large_pictures_come_once(how, shares):
    done = subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True)
    share = int(done.stdout) / ((PICTURES - 1) * BYTES / mmap.PAGESIZE)
    assert shares[0] <= share <= shares[1]
