"""Keras files: what a stranger's archive may hold, and that Keras never sees the rest."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from attention_mesh.models.attention_mesh.cascade import Cascade
from attention_mesh.models.attention_mesh.keras_file import read_keras_file
from attention_mesh.models.attention_mesh.load_network import load_network
from attention_mesh.models.attention_mesh.mesh import Mesh
from attention_mesh.models.errors import NetworkError
from attention_mesh.models.preset import Preset

TINY = Preset(32, (4, 8, 8), 8, (8, 8, 8), 4, 468)
WEIGHTS = "model.weights.h5"


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The entries of a good file: a tiny mesh network."""
    file = tmp_path_factory.mktemp("keras") / "good.keras"
    Mesh(TINY).save(file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(file: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file


def changed(entries: dict[str, bytes], *path: str, value: Any) -> dict[str, bytes]:
    """The entries with one value of the config changed; keys that are missing are added."""
    config = json.loads(entries["config.json"])
    inner = config
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return {**entries, "config.json": json.dumps(config).encode()}


def with_weights(entries: dict[str, bytes], edit: Callable[[h5py.File], None]) -> dict[str, bytes]:
    """The entries with the weights' file edited."""
    content = io.BytesIO(entries[WEIGHTS])
    with h5py.File(content, "r+") as file:
        edit(file)
    return {**entries, WEIGHTS: content.getvalue()}


def test_a_good_file_gives_the_network_with_its_weights(entries, tmp_path):
    again = load_network(str(written(tmp_path / "good.keras", entries)))
    with h5py.File(io.BytesIO(entries[WEIGHTS])) as file:
        held: list[np.ndarray] = []
        file.visititems(lambda _, item: held.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    assert isinstance(again, Mesh) and again.preset == TINY
    total = sum(float(np.abs(array).sum()) for array in held)
    assert sum(float(np.abs(array).sum()) for array in again.get_weights()) == pytest.approx(total, rel=1e-5)


def test_a_compiled_cascade_of_half_precision_is_read(tmp_path):
    network = Cascade(TINY, dtype="mixed_float16")
    network.compile(optimizer="adam", loss={"mesh": "mse"})
    network.save(tmp_path / "a.keras")
    again = read_keras_file(tmp_path / "a.keras")
    assert isinstance(again, Cascade) and again.dtype_policy.name == "mixed_float16"
    for array, other in zip(network.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(array, other)


SEQUENTIAL = {
    "module": "keras",
    "class_name": "Sequential",
    "registered_name": None,
    "config": {"layers": []},
}
LAMBDA = {"module": "keras.layers", "class_name": "Lambda", "registered_name": None, "config": {}}
CASES: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a network of Keras's own": lambda files: {**files, "config.json": json.dumps(SEQUENTIAL).encode()},
    "Lambda": lambda files: {**files, "config.json": json.dumps(LAMBDA).encode()},
    "a module of the system": lambda files: changed(files, "module", value="os"),
    "a foreign registered name": lambda files: changed(files, "registered_name", value="evil>Mesh"),
    "a class that is no name": lambda files: changed(files, "class_name", value=["Mesh"]),
    "an object as an argument": lambda files: changed(files, "config", "name", value=LAMBDA),
    "an unknown argument": lambda files: changed(files, "config", "evil", value=LAMBDA),
    "an object as the dtype": lambda files: changed(files, "config", "dtype", value=LAMBDA),
    "an object in the dtype": lambda files: changed(files, "config", "dtype", "config", "name", value=LAMBDA),
    "an object as a size": lambda files: changed(files, "config", "preset", "neck_width", value=LAMBDA),
    "a size that eats memory": lambda files: changed(files, "config", "preset", "neck_width", value=10**9),
    "widths that are no list": lambda files: changed(files, "config", "preset", "widths", value="12345"),
    "an unknown size": lambda files: changed(files, "config", "preset", "evil", value=1),
    "a NaN scale": lambda files: changed(files, "config", "preset", "crop_scale", value=float("nan")),
    "no arguments": lambda files: changed(files, "config", value=None),
    "deep nesting": lambda files: {**files, "config.json": b'{"a":' * 5_000 + b"1" + b"}" * 5_000},
    "a config that is no object": lambda files: {**files, "config.json": b"[]"},
    "a config that is no text": lambda files: {**files, "config.json": b"\xff\xfe\x00"},
    "a huge config": lambda files: {**files, "config.json": b" " * (1 << 17)},
    "no weights": lambda files: {name: files[name] for name in files if name != WEIGHTS},
    "a path out of the archive": lambda files: {**files, "../evil.py": b"1"},
    "an absolute path": lambda files: {**files, "/evil": b"1"},
    "assets": lambda files: {**files, "assets/layers/a/vocabulary.txt": b"1"},
    "weights that are no HDF5": lambda files: {**files, WEIGHTS: b"abc"},
    "cut weights": lambda files: {**files, WEIGHTS: files[WEIGHTS][:-500]},
    "an external link": lambda files: with_weights(
        files, lambda file: file.__setitem__("a", h5py.ExternalLink("other.h5", "/x"))
    ),
    "a soft link": lambda files: with_weights(files, lambda file: file.__setitem__("a", h5py.SoftLink("/x"))),
    "a group in itself": lambda files: with_weights(files, lambda file: file.__setitem__("a", file["/"])),
    "an array in another file": lambda files: with_weights(
        files, lambda file: file.create_dataset("a", (9,), "f4", external=[("secret", 0, 36)])
    ),
    "an array without its bytes": lambda files: with_weights(
        files, lambda file: file.create_dataset("a", (1 << 40,), "f4", chunks=(1 << 10,))
    ),
    "a compressed array": lambda files: with_weights(
        files, lambda file: file.create_dataset("a", data=np.zeros(999), compression="gzip")
    ),
    "text as an array": lambda files: with_weights(files, lambda file: file.create_dataset("a", data=b"abc")),
    "another shape": lambda files: changed(files, "config", "preset", "neck_width", value=8),
}


@pytest.mark.parametrize("case", CASES)
def test_anything_else_in_the_archive_is_refused_before_keras_reads_it(case, entries, tmp_path, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("Keras deserializes")

    monkeypatch.setattr(keras.saving, "load_model", refuse)
    monkeypatch.setattr(keras.saving, "deserialize_keras_object", refuse)
    file = written(tmp_path / "bad.keras", CASES[case](entries))
    with pytest.raises(NetworkError, match="bad.keras"):
        load_network(str(file))


def test_a_symbolic_link_in_the_archive_is_refused(entries, tmp_path):
    link = zipfile.ZipInfo(WEIGHTS)
    link.external_attr = 0o120777 << 16
    file = written(tmp_path / "bad.keras", {name: entries[name] for name in entries if name != WEIGHTS})
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(NetworkError, match="no ordinary file"):
        load_network(str(file))


@pytest.mark.parametrize("name", ["network.h5", "network.hdf5", "network.txt"])
def test_other_formats_are_refused_by_their_name(name, entries, tmp_path):
    with pytest.raises(NetworkError, match=r"ends in \.keras"):
        load_network(str(written(tmp_path / name, entries)))


def test_a_program_in_a_lambda_layer_does_not_run(tmp_path):
    """The classic attack: a Lambda layer whose code creates a file."""
    trace = tmp_path / "ran"
    program = f"open({str(trace)!r}, 'w').close()"
    layer = keras.layers.Lambda(eval(f"lambda x: (exec({program!r}), x)[1]"), output_shape=(1,))
    keras.Sequential([keras.Input((1,)), layer]).save(tmp_path / "evil.keras")
    trace.unlink(missing_ok=True)
    with pytest.raises(NetworkError, match="none of our networks"):
        load_network(str(tmp_path / "evil.keras"))
    assert not trace.exists()
