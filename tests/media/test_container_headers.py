"""The playing time that MP4 files announce, and the size that AVI and Matroska files do."""

import numpy as np
import pytest

from attention_mesh.media.container_headers import mp4_duration_s
from attention_mesh.media.video_writer import VideoWriter


def box(kind: bytes, content: bytes, wide: bool = False) -> bytes:
    if wide:
        return (1).to_bytes(4, "big") + kind + (16 + len(content)).to_bytes(8, "big") + content
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def header(version: int, timescale: int, duration: int) -> bytes:
    size = 8 if version else 4
    times = (0).to_bytes(size, "big") * 2 + timescale.to_bytes(4, "big") + duration.to_bytes(size, "big")
    return bytes([version, 0, 0, 0]) + times + bytes(80)


def test_a_file_opencv_wrote_announces_its_frames_time(tmp_path):
    writer = VideoWriter(tmp_path / "clip.mp4", 25.0, (64, 48))
    for _ in range(20):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.close()
    assert mp4_duration_s(tmp_path / "clip.mp4") == pytest.approx(
        20 / 25, abs=0.001
    )  # the header counts milliseconds


@pytest.mark.parametrize("version", [0, 1])
def test_both_header_versions_and_wide_boxes_are_read(tmp_path, version):
    path = tmp_path / "made.mp4"
    movie = box(b"trak", bytes(5)) + box(b"mvhd", header(version, 600, 1500))
    path.write_bytes(box(b"ftyp", b"isom") + box(b"mdat", bytes(100), wide=True) + box(b"moov", movie))
    assert mp4_duration_s(path) == 2.5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF" + bytes(100),
        box(b"ftyp", b"isom") + box(b"mdat", bytes(10)),
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", header(0, 600, 0xFFFFFFFF))),
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", header(0, 0, 100))),
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", b"")),
        box(b"ftyp", b"isom") + (3).to_bytes(4, "big") + b"moov",
    ],
)
def test_other_and_damaged_files_announce_nothing(tmp_path, data):
    path = tmp_path / "other.mp4"
    path.write_bytes(data)
    assert mp4_duration_s(path) is None
    assert mp4_duration_s(tmp_path / "absent.mp4") is None
