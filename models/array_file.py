"""Array files: reads the arrays of an .npz file of which nothing is believed."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path

import numpy as np

from attention_mesh.errors import AttentionMeshError
from attention_mesh.limits import MAX_FILE_BYTES, read_file
from attention_mesh.models.errors import reason_of

MOST_ARRAYS = 10_000
_PLAIN = "biufU"  # kinds of dtypes: numbers and texts


class ArrayFileError(AttentionMeshError, ValueError):
    """An .npz file is damaged, too large, or holds something else than arrays of numbers and texts."""


def read_arrays(file: Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz file by their names.

    An array may neither take more bytes than its part of the file declares, nor all of them together more
    than `MAX_FILE_BYTES`. Pickled objects are refused.

    Raises:
        ArrayFileError: why the file cannot be read, without its name.
    """
    try:
        content = read_file(file)
    except OSError as error:
        raise ArrayFileError(reason_of(error)) from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ARRAYS or total > MAX_FILE_BYTES:
                raise ArrayFileError(
                    f"it has {len(entries)} arrays of {total} bytes; the limits are {MOST_ARRAYS} and "
                    f"{MAX_FILE_BYTES}"
                )
            return {
                entry.filename.removesuffix(".npy"): _array(archive.read(entry), entry.filename)
                for entry in entries
            }
    except ArrayFileError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise a dozen types at damaged bytes
        raise ArrayFileError(f"it is no .npz file, or damaged: {error}") from error


def _array(content: bytes, name: str) -> np.ndarray:
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = reader(stream)
    if dtype.kind not in _PLAIN:
        raise ArrayFileError(f"{name} holds {dtype}; expected numbers or texts")
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or size != len(content) - stream.tell():
        raise ArrayFileError(f"{name} declares {size} bytes, but has {len(content) - stream.tell()}")
    stream.seek(0)
    array = np.lib.format.read_array(stream, allow_pickle=False)
    assert isinstance(array, np.ndarray)
    return array


def numbers_of(arrays: dict[str, np.ndarray], name: str, rank: int | None = None) -> np.ndarray:
    """An array of numbers.

    Raises:
        ArrayFileError: it is missing, holds texts, or has another rank.
    """
    array = arrays.get(name)
    if array is None:
        raise ArrayFileError(f"the array {name} is missing")
    if array.dtype.kind == "U" or (rank is not None and array.ndim != rank):
        raise ArrayFileError(f"{name} is {array.shape} {array.dtype}; expected numbers of rank {rank}")
    return array
