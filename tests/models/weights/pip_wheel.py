"""Wheels that pip takes for mediapipe."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

WHEEL = "mediapipe-0.10.21-cp312-cp312-manylinux_2_28_x86_64.whl"


def make_wheel(folder: Path, files: dict[str, bytes], name: str = WHEEL) -> Path:
    """Writes a small wheel that pip accepts as mediapipe 0.10.21."""
    folder.mkdir(parents=True, exist_ok=True)
    information = "mediapipe-0.10.21.dist-info"
    files = files | {
        f"{information}/METADATA": b"Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n",
        f"{information}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n"
        b"Tag: " + "-".join(name.removesuffix(".whl").split("-")[2:]).encode() + b"\n",
    }
    record = f"{information}/RECORD"
    lines = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(data)}\n")
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in files.items():
            archive.writestr(member, data)
        archive.writestr(record, "".join(lines) + f"{record},,\n")
    return path
