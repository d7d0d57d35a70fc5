"""Readers: damaged and odd labels, checkpoints, configs, tables, graphs, avatars, bundles and networks."""

from __future__ import annotations

import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.tools.fuzz.kind import FuzzKind
from attention_mesh.tools.fuzz.mutations import changed_arrays, changed_bytes, changed_text, changed_tree

_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz")  # of this process
_CONFIG = """
network = "attention"
preset = "paper"
batch_size = 4
learning_rate = 0.001
ideal_steps = 10
own_steps = 10
checkpoint_steps = 5
log_steps = 5
seed = 7
[sizes]
crop_size = 16
[[data]]
folder = "photos"
labels = "labels.npz"
share = 1.0
[[validation]]
folder = "photos"
"""


def _path(name: str, content: bytes) -> Path:
    file = Path(_FOLDER.name) / name
    file.write_bytes(content)
    return file


@cache
def _labels() -> dict[str, np.ndarray]:
    random_numbers = np.random.default_rng(0)
    return {
        "names": np.array(["a.png", "b.png"]),
        "landmarks": random_numbers.normal(size=(2, 478, 3)).astype(np.float32),
        "weights": np.ones((2, 478, 2), np.float32),
        "presence": np.ones(2, np.float32),
    }


def _read_labels(content: bytes) -> None:
    from attention_mesh.models.training.label_file import LabelFile

    LabelFile.read(_path("labels.npz", content))


class _Variable:
    shape = (2, 3)

    def assign(self, value: np.ndarray) -> None:
        assert value.shape == self.shape and np.asarray(value, np.float32).dtype == np.float32


def _read_checkpoint(content: bytes) -> None:
    from attention_mesh.models.training.run_folder import load_checkpoint

    load_checkpoint(_path("checkpoint.npz", content), [_Variable(), _Variable()])


def _checkpoint() -> dict[str, np.ndarray]:
    return {"step": np.array(7), "00000": np.ones((2, 3), np.float32), "00001": np.ones((2, 3), np.float32)}


@cache
def _neutral_faces() -> dict[str, np.ndarray]:
    from attention_mesh.models.blendshapes.neutral_faces import NEUTRAL_FACES

    return dict(np.load(NEUTRAL_FACES))


def _read_neutral_faces(content: bytes) -> None:
    from attention_mesh.models.blendshapes.neutral_faces import NeutralFaces

    NeutralFaces.load(_path("neutral.npz", content)).sample(np.random.default_rng(0), 1)


@cache
def _noise() -> dict[str, np.ndarray]:
    from attention_mesh.models.blendshapes.landmark_noise import NOISE

    return dict(np.load(NOISE))


def _read_noise(content: bytes) -> None:
    from attention_mesh.models.blendshapes.landmark_noise import LandmarkNoise

    LandmarkNoise.load(_path("noise.npz", content)).sample(np.random.default_rng(0), 1)


@cache
def _rendered() -> dict[str, np.ndarray]:
    return {
        "coefficients": np.zeros((2, 52), np.float32),
        "identities": np.zeros((2, 9), np.float32),
        "true": np.zeros((2, 478, 3), np.float32),
        "found": np.zeros((1, 2, 478, 3), np.float32),
        "networks": np.array(["open"]),
    }


def _read_rendered(content: bytes) -> None:
    from attention_mesh.models.blendshapes.rendered_faces import RenderedFaces

    RenderedFaces.load(_path("rendered.npz", content))


def _read_config(content: bytes) -> None:
    from attention_mesh.models.training.config import TrainingConfig

    TrainingConfig.read(_path("train.toml", content)).decisive()


def _read_run_config(content: bytes) -> None:
    from attention_mesh.models.training.config import TrainingConfig
    from attention_mesh.models.training.run_folder import claim_folder

    folder = Path(_FOLDER.name) / "run"
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint.npz").touch()
    (folder / "config.json").write_bytes(content)
    claim_folder(folder, TrainingConfig.read(_path("good.toml", _CONFIG.encode())))


@cache
def _run_config() -> Any:
    from attention_mesh.models.training.config import TrainingConfig

    return TrainingConfig.read(_path("good.toml", _CONFIG.encode())).decisive()


def _read_graph(content: bytes) -> None:
    from attention_mesh.framework import ValidatedGraph

    ValidatedGraph(_path("graph.pbtxt", content))


@cache
def _graph() -> str:
    from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path

    return face_mesh_graph_path("face_mesh_render").read_text(encoding="utf-8")


@cache
def _binary_graph() -> bytes:
    from attention_mesh.framework import parse_graph_config

    return parse_graph_config(_graph()).SerializeToString()


def _read_binary_graph(content: bytes) -> None:
    from attention_mesh.framework import ValidatedGraph

    ValidatedGraph(_path("graph.binarypb", content))


@cache
def _avatar() -> tuple[bytes, Any, bytes]:
    """A small GLB file: its bytes, its tree, its binary part. Each shape moves three of its vertices."""
    noise, count = np.random.default_rng(3), 60
    corners = noise.normal(0, 0.1, (count, 3)).astype(np.float32)
    moved = np.zeros((len(BLENDSHAPE_NAMES), count, 3), np.float32)
    for row in range(len(BLENDSHAPE_NAMES)):
        moved[row, noise.choice(count, 3, replace=False)] = noise.normal(0, 0.01, 3)
    triangles = noise.permutation(count).astype(np.uint16)
    arrays = [corners, *moved, triangles]
    starts = np.cumsum([0, *(array.nbytes for array in arrays)]).tolist()
    accessor = {"componentType": 5126, "type": "VEC3", "count": count}
    targets = [{"POSITION": 1 + row} for row in range(len(moved))]
    last = len(arrays) - 1
    primitive = {"attributes": {"POSITION": 0}, "indices": last, "targets": targets, "material": 0}
    tree = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "face", "translation": [0, 0, 0]}],
        "meshes": [{"primitives": [primitive], "extras": {"targetNames": list(BLENDSHAPE_NAMES)}}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0.5, 0.5, 1]}}],
        "accessors": [
            *({"bufferView": place, **accessor} for place in range(last)),
            {"bufferView": last, "componentType": 5123, "type": "SCALAR", "count": count},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": array.nbytes}
            for start, array in zip(starts[:-1], arrays, strict=True)
        ],
        "buffers": [{"byteLength": starts[-1]}],
    }
    binary = b"".join(array.tobytes() for array in arrays)
    return _glb(tree, binary), tree, binary


def _glb(tree: Any, binary: bytes) -> bytes:
    text = json.dumps(tree).encode("utf-8", "surrogatepass")
    text += b" " * (-len(text) % 4)
    parts = (
        len(text).to_bytes(4, "little")
        + b"JSON"
        + text
        + len(binary).to_bytes(4, "little")
        + b"BIN\0"
        + binary
    )
    return b"glTF" + (2).to_bytes(4, "little") + (12 + len(parts)).to_bytes(4, "little") + parts


def _read_avatar(content: bytes) -> None:
    from attention_mesh.drawing.avatar.load_avatar import load_avatar

    load_avatar(str(_path("avatar.glb", content)))


@cache
def _bundle() -> bytes:
    from attention_mesh.models.weights.task_file import LANDMARK_NETWORK, MARK

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MARK, "{}")
        archive.writestr(LANDMARK_NETWORK, b"\x1c\0\0\0TFL3" + bytes(2000))
    return stream.getvalue()


def _read_bundle(content: bytes) -> None:
    import os

    from attention_mesh.models.weights.task_file import weights_of_task_file

    os.environ["ATTENTION_MESH_CACHE"] = _FOLDER.name
    weights_of_task_file(content)


def _read_study(content: bytes) -> None:
    from attention_mesh.cli.study.study_set import KEY_FILE, load_study

    _path(KEY_FILE, content)
    load_study(Path(_FOLDER.name))


def _study() -> Any:
    image = {"name": "0" * 32, "kind": "real", "look": "", "person": "a", "source": "a.jpg"}
    return {"version": 1, "seed": 1, "size": 256, "quality": 90, "made_with": "1", "images": [image]}


def _program_folder() -> Path:
    return Path(_FOLDER.name) / "program"


@cache
def _program() -> Any:
    from attention_mesh.models.inference.blendshape_network import MODEL
    from attention_mesh.webgpu.compiler.compile_network import compile_network

    compile_network(MODEL.read_bytes()).save(_program_folder())
    return json.loads((_program_folder() / "program.json").read_text(encoding="utf-8"))


def _read_program(content: bytes) -> None:
    from attention_mesh.webgpu.program import Program

    _program()
    (_program_folder() / "program.json").write_bytes(content)
    Program.load(_program_folder())


def _arrays(arrays: Callable[[], dict[str, np.ndarray]]) -> Callable[[random.Random], bytes]:
    return lambda numbers: changed_arrays(numbers, arrays())


def _json(tree: Callable[[], Any]) -> Callable[[random.Random], bytes]:
    def make(numbers: random.Random) -> bytes:
        if numbers.random() < 0.4:
            return changed_text(numbers, json.dumps(tree()))
        return json.dumps(changed_tree(numbers, tree())).encode()

    return make


def _make_avatar(numbers: random.Random) -> bytes:
    content, tree, binary = _avatar()
    if numbers.random() < 0.3:
        return changed_bytes(numbers, content)
    return _glb(changed_tree(numbers, tree), binary)


# Kind of file → how a case is made, and how it is read.
_READERS: dict[str, tuple[Callable[[random.Random], bytes], Callable[[bytes], object]]] = {
    "labels (.npz)": (_arrays(_labels), _read_labels),
    "checkpoint (.npz)": (_arrays(_checkpoint), _read_checkpoint),
    "neutral faces (.npz)": (_arrays(_neutral_faces), _read_neutral_faces),
    "landmark noise (.npz)": (_arrays(_noise), _read_noise),
    "rendered faces (.npz)": (_arrays(_rendered), _read_rendered),
    "training config (.toml)": (lambda numbers: changed_text(numbers, _CONFIG), _read_config),
    "config of a run folder (.json)": (_json(_run_config), _read_run_config),
    "graph (.pbtxt)": (lambda numbers: changed_text(numbers, _graph()), _read_graph),
    "graph (.binarypb)": (lambda numbers: changed_bytes(numbers, _binary_graph()), _read_binary_graph),
    "avatar (.glb)": (_make_avatar, _read_avatar),
    "bundle (.task)": (lambda numbers: changed_bytes(numbers, _bundle()), _read_bundle),
    "study (.json)": (_json(_study), _read_study),
    "WebGPU program (.json)": (_json(_program), _read_program),
}


def make(numbers: random.Random) -> tuple[str, object]:
    """A file of one of the kinds."""
    name = numbers.choice(list(_READERS))
    return name, (name, _READERS[name][0](numbers))


def read(case: object, stage: Callable[[str], None]) -> bool:
    """Reads the file as a command or program does."""
    assert isinstance(case, tuple)
    name, content = case
    _READERS[name][1](content)
    return True


KIND = FuzzKind("readers", make, read)
