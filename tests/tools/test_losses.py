"""The fuzz of losses: what is left of killed runs and of full disks, by the script that does it for hours."""

import random
import sys

import pytest

from attention_mesh.tools.fuzz import losses

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and POSIX limits")


# 2 s each: Python, PyAV and pyarrow start in a process of their own, which only a real kill ends.
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".parquet"])
def test_what_a_killed_process_has_written_is_read(monkeypatch, suffix):
    monkeypatch.setattr(losses, "KILLED_WITHIN_S", 0.5)
    assert losses.try_kill(suffix, (64, 48), random.Random(1)) == ""


@pytest.mark.parametrize("suffix", [*losses.FILMS, *losses.TABLES, losses.FOLDER])
@pytest.mark.parametrize("way", losses.WAYS)
def test_every_output_says_that_it_was_taken_away(suffix, way):
    assert losses.try_gone(suffix, (64, 48), random.Random(1), way) == ""


def test_a_loss_is_a_fault(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("a,b\n1,2\n")
    assert losses.fault(str(path), ".csv", 2) == "" and losses.fault(str(path), ".csv", 3) == "lost most"
    path.write_text("a,b\n1,2\n3")
    assert losses.readable(str(path)) == 1
    path.write_text("a,b\n1\n3,4\n")
    assert losses.fault(str(path), ".csv", 100) == "nothing is left"
    assert losses.fault(str(tmp_path / "out.mp4"), ".mp4", 100) == "nothing is left"
