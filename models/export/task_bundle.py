"""Export of a network as a .task bundle for MediaPipe's own FaceLandmarker (tried: 0.10.21, 1.2.3)."""

from __future__ import annotations

import io
import json
import struct
import zipfile

from attention_mesh.models.attention_mesh.load_network import Network
from attention_mesh.models.export.tflite import export_fused
from attention_mesh.models.weights.conversion.fuse import prepend_pixel_scaling
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.models.weights.task_file import LANDMARK_NETWORK, MARK

_DETECTOR = (
    "face_detector.tflite"  # the name that MediaPipe's FaceLandmarkerGraph looks for, as LANDMARK_NETWORK
)
_HEADER = 30  # bytes of a file's header in a zip, without name and extra field
_ALIGNMENT = 4  # bytes: MediaPipe maps the files into memory as they lie in the bundle


def export_task(network: Network, precision: str = "float32") -> bytes:
    """The bundle's content: the network and MediaPipe's short-range face detector, fetched on first use.

    Both take uint8 images, so that they need no metadata about scaling. The bundle has no blend shape model.
    By its third file, which MediaPipe ignores, `BaseOptions(model_asset_path=…)` knows it.

    Args:
      network: a network that gives 478 landmarks.
      precision: of the network, see `export_tflite`.

    Raises:
      ExportError: the network gives another number of landmarks.
      WeightsError: the detector is unavailable.
    """
    files = {
        _DETECTOR: _uint8_detector(),
        LANDMARK_NETWORK: export_fused(network, precision, batch=1),
        MARK: json.dumps({"landmarks": LANDMARK_NETWORK}).encode(),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as bundle:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name)  # with the date 1980, so that equal networks give equal bundles
            begin = content.tell() + _HEADER + len(name) + len(_padding(0))
            entry.extra = _padding(-begin % _ALIGNMENT)
            bundle.writestr(entry, file)
    return content.getvalue()


def _padding(count: int) -> bytes:
    """A header field of `count` bytes without meaning (the field of Android's zipalign)."""
    return struct.pack("<HH", 0xD935, count) + bytes(count)


def _uint8_detector() -> bytes:
    graph = TfliteGraph.from_bytes(model_path("face_detection_short_range", batch=1).read_bytes())
    prepend_pixel_scaling(graph)
    return graph.to_bytes()
