"""A network as a .task bundle, which MediaPipe's own FaceLandmarker loads (tried: 0.10.21, 1.2.3)."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

from attention_mesh.models.export.tflite import export_byte_network
from attention_mesh.models.weights.conversion.fuse import prepend_pixel_scaling
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_files import model_path

# Names that MediaPipe's FaceLandmarkerGraph looks for.
_DETECTOR, _LANDMARKS = "face_detector.tflite", "face_landmarks_detector.tflite"
_HEADER = 30  # bytes of a file's header in a zip, without name and extra field
_ALIGNMENT = 4  # bytes: files are mapped into memory where they lie


def export_task(network: Any, precision: str = "float32") -> bytes:
    """The bundle's content: MediaPipe's short-range face detector, fetched on first use, and the network.

    Both take uint8 pictures, so that they need no metadata about how to scale them. There is no blend shape
    model in it. precision: of the network, as `export_tflite` has it.
    Raises ExportError for a network that gives other than 478 landmarks; WeightsError where the detector
    cannot be had.
    """
    files = {_DETECTOR: _byte_detector(), _LANDMARKS: export_byte_network(network, precision, batch=1)}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as bundle:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name)  # with the date 1980, so that equal networks give equal bundles
            begin = content.tell() + _HEADER + len(name) + len(_padding(0))
            entry.extra = _padding(-begin % _ALIGNMENT)
            bundle.writestr(entry, file)
    return content.getvalue()


def _padding(count: int) -> bytes:
    """A field of a file's header that holds `count` bytes and means nothing (that of Android's zipalign)."""
    return struct.pack("<HH", 0xD935, count) + bytes(count)


def _byte_detector() -> bytes:
    graph = TfliteGraph.from_bytes(model_path("face_detection_short_range", batch=1).read_bytes())
    prepend_pixel_scaling(graph)
    return graph.to_bytes()
