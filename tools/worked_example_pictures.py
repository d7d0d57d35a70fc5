"""Makes the pictures of docs/worked_example.md from its files: python tools/worked_example_pictures.py"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from attention_mesh import FaceLandmarker
from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.demo_portrait import MovingPortraitSource
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_file_sink import VideoFileSink

DOCS = Path(__file__).resolve().parents[1] / "docs"
FRAMES = (15, 24, 31)  # before, in and after the first blink


def write_page_files(folder: Path) -> None:
    """Writes the files that the page shows: each block whose first line names one."""
    page = (DOCS / "worked_example.md").read_text(encoding="utf-8")
    for name, block in re.findall(r"^```\w*\n# ([\w.]+)\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        (folder / name).write_text(f"# {name}\n{block}", encoding="utf-8")


def write_portrait(path: Path, size: int = 384) -> None:
    """Writes the film of `attention-mesh demo`, in which the face blinks."""
    photo = astronaut_photo()
    with FaceLandmarker() as landmarker:
        face = landmarker.detect(photo).landmarks_px[0]
    source = MovingPortraitSource(photo, face, size=size)
    sink = VideoFileSink(path, source.fps)
    for frame in source:
        sink.write(frame)
    sink.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_page_files(folder)
        write_portrait(folder / "portrait.mp4")
        page = (DOCS / "worked_example.md").read_text(encoding="utf-8")
        for command in re.findall(r"^attention-mesh ((?:graph show|run) .*)$", page, re.MULTILINE):
            program = [sys.executable, "-m", "attention_mesh", *command.split()]
            subprocess.run(program, cwd=folder, env=dict(os.environ), check=True)
        (DOCS / "worked_example.svg").write_bytes((folder / "blinks.svg").read_bytes())
        with open_source(str(folder / "blinks.mp4")) as film:
            shown = [frame.image for frame in film if frame.index in FRAMES]
        picture = cv2.cvtColor(np.hstack(shown), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(DOCS / "worked_example.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
