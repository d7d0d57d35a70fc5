"""Java fixtures: what the tests of the Android library compare with, computed by the Python side.

A folder with `assets/attention_mesh`, as the archive has it, and one .npy file per array.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from attention_mesh.cli.aar.archive import topology_tables
from attention_mesh.cli.aar.packaged_graphs import binary_graph, graph_schema, packaged_graphs
from attention_mesh.cli.aar.packaged_models import packed
from attention_mesh.framework.graph_config import parse_graph_config
from attention_mesh.geometry.quarter_turns import turned
from attention_mesh.models.inference.blendshape_network import MODEL as BLENDSHAPES
from attention_mesh.models.weights.model_files import OPEN_MODEL, landmark_model, model_path
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

FILM_FRAMES = 60
FRAME_MS = 33
_OUTPUTS = {"output_face_blendshapes": True, "output_facial_transformation_matrixes": True}


class FixtureFolder:
    """Writes arrays and assets below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def array(self, name: str, values: object) -> None:
        """Writes an array as little-endian float32, int64 or uint8, in C order."""
        array = np.ascontiguousarray(values)
        kind = {"f": "<f4", "i": "<i8", "b": "<i8"}.get(array.dtype.kind, "|u1")
        target = self.folder / f"{name}.npy"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            np.lib.format.write_array(file, array.astype(kind), (1, 0))

    def assets(self) -> None:
        """Writes the assets of an archive with the official weights, all in single precision.

        Beside them are `open.tflite`, and `packed.tflite`: the same network as the archive packs it, in half
        precision, with its outputs in the other order.
        """
        graphs = packaged_graphs()
        files = {f"graphs/{stem}.binarypb": binary_graph(config) for stem, config in graphs.items()}
        files["schema.binpb"] = graph_schema(graphs)
        files |= topology_tables()
        for name in ("face_detection_short_range", "face_detection_full_range"):
            files[f"models/{name}.tflite"] = model_path(name).read_bytes()
        files["models/attention_mesh.tflite"] = landmark_model().read_bytes()
        files["models/blendshapes.tflite"] = BLENDSHAPES.read_bytes()
        for name, content in files.items():
            target = self.folder / "assets" / "attention_mesh" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (self.folder / "open.tflite").write_bytes(OPEN_MODEL.read_bytes())
        turned_round = packed(OPEN_MODEL.read_bytes(), ["images"], ["presence", "landmarks"])
        (self.folder / "packed.tflite").write_bytes(turned_round)

    def result(self, name: str, found: FaceLandmarkerResult) -> None:
        """Writes what a landmarker found in one frame."""
        self.array(f"{name}/landmarks", found.landmarks_px.astype(np.float32))
        self.array(f"{name}/ids", found.track_ids.astype(np.int64))
        self.array(f"{name}/rois", found.rois.astype(np.float32))
        self.array(f"{name}/presence", found.scores.astype(np.float32))
        self.array(f"{name}/blendshapes", found.blendshapes.astype(np.float32))
        self.array(f"{name}/poses", found.poses.astype(np.float32))


def film_frame(astronaut: np.ndarray, index: int) -> np.ndarray:
    """A frame (360, 480, 3) of a film: one face moves, grows and turns; later a second one comes and goes."""
    frame = np.full((360, 480, 3), (90, 120, 100), np.uint8)
    _paste(frame, astronaut, (130 + 0.6 * index, 190), 0.95 + 0.004 * index, 12 * np.sin(index / 9))
    if 18 <= index < 44:
        _paste(frame, astronaut, (360, 180 + 1.5 * (index - 18)), 0.8, -0.4 * (index - 18))
    return frame


def _paste(
    frame: np.ndarray, astronaut: np.ndarray, at: tuple[float, float], scale: float, degrees: float
) -> None:
    """Draws the astronaut's head with its middle at a place."""
    head = np.ascontiguousarray(astronaut[20:240, 110:330])
    height, width = head.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += np.array(at) - (width / 2, height / 2)
    size = frame.shape[1], frame.shape[0]
    mask = cv2.warpAffine(np.full((height, width), 255, np.uint8), matrix, size)
    moved = cv2.warpAffine(head, matrix, size)
    frame[mask == 255] = moved[mask == 255]


def write_film(folder: FixtureFolder, astronaut: np.ndarray) -> None:
    """A tracked film with up to two faces, frame by frame."""
    options = FaceLandmarkerOptions(running_mode=RunningMode.VIDEO, num_faces=2, num_threads=1, **_OUTPUTS)
    with FaceLandmarker(options) as landmarker:
        for index in range(FILM_FRAMES):
            frame = film_frame(astronaut, index)
            folder.array(f"film/{index}/frame", frame)
            folder.result(f"film/{index}", landmarker.detect_for_video(frame, FRAME_MS * index))


def write_photos(folder: FixtureFolder, astronaut: np.ndarray) -> None:
    """Unrelated pictures: upright, lying, turned by the caller, two faces, a small face, none."""
    options = FaceLandmarkerOptions(num_faces=3, weights="open", num_threads=1, **_OUTPUTS)
    small = np.full((600, 800, 3), 128, np.uint8)
    small[200:328, 300:428] = cv2.resize(astronaut, (128, 128), interpolation=cv2.INTER_AREA)
    pictures = {
        "upright": (astronaut, 0),
        "lying": (turned(astronaut, 1), 0),
        "inverted": (turned(astronaut, 2), 0),
        "rotated": (turned(np.ascontiguousarray(astronaut[:400]), 3), 90),
        "two": (np.hstack([astronaut[:300, 80:380], astronaut[:300, 380:80:-1]]), 0),
        "small": (small, 0),
        "none": (np.full((100, 160, 3), 90, np.uint8), 0),
    }
    with FaceLandmarker(options) as landmarker:
        for name, (picture, degrees) in pictures.items():
            picture = np.ascontiguousarray(picture)
            folder.array(f"photos/{name}/frame", picture)
            folder.array(f"photos/{name}/size", np.array([picture.shape[1], picture.shape[0], degrees]))
            folder.result(f"photos/{name}", landmarker.detect(picture, rotation_degrees=degrees))


_OPTIONS = "type.googleapis.com/mediapipe.GateCalculatorOptions"


def _node(calculator: str, inputs: str = "", outputs: str = "", more: str = "") -> str:
    """A node's text; streams are parted by blanks."""
    streams = [f'input_stream: "{name}"' for name in inputs.split()]
    streams += [f'output_stream: "{name}"' for name in outputs.split()]
    return f'node {{ calculator: "{calculator}" {" ".join(streams)} {more} }}'


def _gate(options: str, outputs: str = "passed", inputs: str = "image") -> str:
    return _node("GateCalculator", inputs, outputs, f"node_options {{ [{_OPTIONS}] {{ {options} }} }}")


_IMAGE = 'input_stream: "image" '
_SIZE = _node("ImagePropertiesCalculator", "IMAGE:image", "SIZE:size")
_BACK_EDGE = 'input_stream_info { tag_index: "LOOP" back_edge: true }'
_POLICY = 'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }'
_ANCHORS = "node_options { [type.googleapis.com/mediapipe.SsdAnchorsCalculatorOptions] { num_layers: 1 } }"
_MISSING = _node(
    "TensorsToDetectionsCalculator",
    "TENSORS:image",
    "DETECTIONS:found",
    'input_side_packet: "ANCHORS:anchors"',
)
_TEXTS = {
    "loop": _node("PreviousLoopbackCalculator", "MAIN:image LOOP:size", "PREV_LOOP:size_before", _BACK_EDGE)
    + _gate("allow: false", "stopped", "size")
    + _node("MergeCalculator", "size_before size", "merged")
    + _SIZE,
    "unknown_calculator": _SIZE + _node("UnknownCalculator", "image"),
    "unknown_option": _gate("initial_gate_state: GATE_ALLOW"),
    "wrong_options": _node("GateCalculator", "image", "passed", _ANCHORS),
    "unknown_input": _node("ImagePropertiesCalculator", "PICTURE:image", "SIZE:size"),
    "missing_input": _node("PreviousLoopbackCalculator", "LOOP:image", "PREV_LOOP:x"),
    "no_producer": _node("ImagePropertiesCalculator", "IMAGE:nowhere", "SIZE:size"),
    "two_producers": _SIZE + _SIZE,
    "cycle": _node("MergeCalculator", "b", "a") + _node("MergeCalculator", "a", "b"),
    "input_policy": _node("ImagePropertiesCalculator", "IMAGE:image", "SIZE:size", _POLICY),
    "missing_side_packet": _MISSING + 'input_side_packet: "anchors"',
    "no_output": _SIZE + 'output_stream: "nothing"',
}


def write_graphs(folder: FixtureFolder) -> None:
    """Graphs for the runner's own tests; all but "loop" are wrong."""
    for name, text in _TEXTS.items():
        content = parse_graph_config(_IMAGE + text).SerializeToString(deterministic=True)
        folder.array(f"graphs/{name}", np.frombuffer(content, np.uint8))
    newer = parse_graph_config(_IMAGE + _gate("allow: true"))
    newer.node[0].node_options[0].value += b"\x98\x06\x01"  # field 99 is 1
    folder.array("graphs/newer_option", np.frombuffer(newer.SerializeToString(), np.uint8))
