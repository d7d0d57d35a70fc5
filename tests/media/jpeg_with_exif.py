"""JPEG files with EXIF for tests."""

import struct

import cv2
import numpy as np


def jpeg_with_exif(
    size: tuple[int, int] = (2448, 3264),
    focal_mm: tuple[int, int] = (338, 100),
    focal_35mm: int = 25,
    order: str = "<",
    image: np.ndarray | None = None,
) -> bytes:
    """A JPEG file whose EXIF names a size and a lens, whatever its picture is.

    Args:
      size: (width, height) that EXIF names.
      focal_mm: numerator and denominator.
      focal_35mm: the equivalent on a sensor of 36 mm x 24 mm.
      order: byte order, as in struct.
      image: (H, W, 3) uint8 RGB; a small black one if None.
    """
    picture = np.zeros((8, 8, 3), np.uint8) if image is None else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", picture)[1].tobytes()
    block = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    block += struct.pack(f"{order}HHHIII", 1, 0x8769, 4, 1, 26, 0)  # one entry: where the EXIF folder is
    entries = [
        (0x920A, 5, struct.pack(f"{order}I", 26 + 2 + 4 * 12 + 4)),  # a fraction lies behind the folder
        (0xA002, 4, struct.pack(f"{order}I", size[0])),
        (0xA003, 4, struct.pack(f"{order}I", size[1])),
        (0xA405, 3, struct.pack(f"{order}HH", focal_35mm, 0)),
    ]
    block += struct.pack(f"{order}H", len(entries))
    for tag, kind, value in entries:
        block += struct.pack(f"{order}HHI", tag, kind, 1) + value
    block += struct.pack(f"{order}III", 0, *focal_mm)
    segment = b"Exif\0\0" + block
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]
