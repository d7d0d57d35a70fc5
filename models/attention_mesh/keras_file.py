"""Keras files: reads a network of ours from a .keras file, of which nothing else is believed.

Keras's own reader makes any object that a file names, which was a way to run programs in many of its
versions. Here, Keras sees neither the archive nor its config: the class is looked up in a table, its
arguments are numbers and words, and the weights are arrays.
"""

from __future__ import annotations

import io
import json
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attention_mesh.models.attention_mesh.attention_mesh import AttentionMesh
from attention_mesh.models.attention_mesh.cascade import Cascade
from attention_mesh.models.attention_mesh.mesh import Mesh
from attention_mesh.models.errors import NetworkError

Network = Mesh | AttentionMesh | Cascade

# The most bytes of each entry of the archive. The largest network of ours has 6 MB of weights.
_ENTRIES = {"metadata.json": 1 << 16, "config.json": 1 << 16, "model.weights.h5": 1 << 29}
_CLASSES: dict[str, type[Network]] = {kind.__name__: kind for kind in (AttentionMesh, Cascade, Mesh)}
_WORDS = {"name", "theta", "border", "sampler"}  # arguments that are text; the networks check the last three
_DTYPES = ("float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16")
_MOST_OBJECTS = 20_000  # groups and arrays of the weights; the largest network of ours has 1 001
_DEEPEST = 16  # groups in groups; Keras nests 7


def read_keras_file(path: Path) -> Network:
    """The network of a .keras file that a training wrote.

    Raises:
      NetworkError: the file is no such archive, or it holds anything but one of our networks.
    """
    try:
        entries = _read_entries(path)
        network = _network(_parsed(entries["config.json"]))
        _check_weights(entries["model.weights.h5"])
    except _WrongFileError as error:
        raise NetworkError(f"cannot read the network {path}: {error}") from error
    try:
        with tempfile.TemporaryDirectory() as folder:
            weights = Path(folder) / "model.weights.h5"
            weights.write_bytes(entries["model.weights.h5"])
            network.load_weights(weights)
    except Exception as error:  # Keras and h5py raise whatever they meet first
        raise NetworkError(f"cannot read the weights of {path}: {error}") from error
    return network


class _WrongFileError(Exception):
    """What is wrong with a file, without its name."""


def _read_entries(path: Path) -> dict[str, bytes]:
    """The content of the archive's three entries, which must be all there are."""
    if path.suffix != ".keras":
        raise _WrongFileError("expected a file that ends in .keras; older formats of Keras may hold programs")
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.filename for entry in archive.infolist()]
            if sorted(names) != sorted(_ENTRIES):
                strange = ", ".join(repr(name[:60]) for name in names[:5])
                raise _WrongFileError(
                    f"expected the entries {', '.join(_ENTRIES)}; it has {strange or 'none'}"
                )
            return {entry.filename: _content(archive, entry) for entry in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise _WrongFileError(f"it is no .keras file: {error}") from error


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    most = _ENTRIES[entry.filename]
    mode = entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise _WrongFileError(f"{entry.filename} is no ordinary file")
    if entry.flag_bits & 1:
        raise _WrongFileError(f"{entry.filename} is encrypted")
    with archive.open(entry) as file:
        content = file.read(most + 1)  # the declared size may lie
    if len(content) > most:
        raise _WrongFileError(f"{entry.filename} has more than {most} bytes")
    return content


def _parsed(text: bytes) -> Mapping[str, Any]:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _WrongFileError(f"config.json is no JSON: {error}") from error
    if not isinstance(config, dict):
        raise _WrongFileError("config.json holds no object")
    return config


def _network(config: Mapping[str, Any]) -> Network:
    """The network that a config describes, with random weights.

    What Keras would read besides (`build_config`, `compile_config`) is ignored: the networks build
    themselves, and nothing here is trained.
    """
    name = config.get("class_name")
    kind = _CLASSES.get(name) if isinstance(name, str) else None
    registered, module = f"attention_mesh>{name}", config.get("module")
    is_ours = isinstance(module, str) and module.startswith("attention_mesh.")
    if kind is None or not is_ours or config.get("registered_name") != registered:
        raise _WrongFileError(
            f"it holds {str(module)[:60]}.{str(name)[:60]}, which is none of our networks; expected one of "
            f"{', '.join(_CLASSES)}"
        )
    given = config.get("config")
    if not isinstance(given, dict):
        raise _WrongFileError("config.json has no arguments of the network")
    arguments = {key: _argument(key, value) for key, value in given.items()}
    try:
        return kind(**arguments)
    except (TypeError, ValueError) as error:
        raise _WrongFileError(f"the arguments of {name} are wrong: {error}") from error


def _argument(key: str, value: Any) -> Any:
    """An argument of a network's constructor as it is safe to pass on."""
    if key in _WORDS and isinstance(value, str) and len(value) <= 100:
        return value
    if key == "trainable" and isinstance(value, bool):
        return value
    if key == "dtype":
        return _dtype(value)
    if key == "preset" and isinstance(value, dict):
        return value  # `Preset` checks its numbers
    raise _WrongFileError(f"the argument {key[:60]!r} is not one of our networks', or has a wrong type")


def _dtype(value: Any) -> str:
    """The name of a dtype policy, which Keras writes as an object."""
    if isinstance(value, dict):
        inner = value.get("config")
        is_policy = (value.get("module"), value.get("class_name")) == ("keras", "DTypePolicy")
        value = inner.get("name") if is_policy and isinstance(inner, dict) else None
    if value not in _DTYPES:
        raise _WrongFileError(f"the dtype is none of {', '.join(_DTYPES)}")
    return value


def _check_weights(content: bytes) -> None:
    """Checks that an HDF5 file has nothing but groups and plain arrays of numbers.

    HDF5 can lead to other files (external links, external and virtual arrays), declare arrays of any size
    without their bytes, and load plugins for filters.
    """
    import h5py  # a dependency of Keras

    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            _check_group(file, len(content))
    except _WrongFileError:
        raise
    except Exception as error:  # h5py passes on what the C library meets, as many types
        raise _WrongFileError(f"model.weights.h5 is damaged: {error}") from error


def _check_group(root: Any, size: int) -> None:
    import h5py

    groups, count = [(root, 0)], 0
    while groups:
        group, depth = groups.pop()
        if depth > _DEEPEST:
            raise _WrongFileError(f"model.weights.h5 nests more than {_DEEPEST} groups")
        for name in group:
            count += 1
            if count > _MOST_OBJECTS:
                raise _WrongFileError(f"model.weights.h5 has more than {_MOST_OBJECTS} groups and arrays")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise _WrongFileError(f"model.weights.h5: {name!r} is a link, which may lead to another file")
            item = group[name]
            if isinstance(item, h5py.Group):
                groups.append((item, depth + 1))
            else:
                _check_array(item, size)


def _check_array(item: Any, size: int) -> None:
    import h5py

    if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "fiu":
        raise _WrongFileError(f"model.weights.h5: {item.name!r} is no array of numbers")
    if item.external or item.is_virtual:
        raise _WrongFileError(f"model.weights.h5: {item.name!r} lies in another file")
    if item.id.get_create_plist().get_nfilters():
        raise _WrongFileError(f"model.weights.h5: {item.name!r} is compressed, which Keras does not write")
    if item.nbytes > size:
        raise _WrongFileError(f"model.weights.h5: {item.name!r} declares more bytes than the file has")
