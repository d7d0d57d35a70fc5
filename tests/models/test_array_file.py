"""Array files: good ones are read as they are; whatever else is one error of ours."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.array_file import ArrayFileError, numbers_of, read_arrays


def npy(shape: str, kind: str = "<f4", data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """An .npy file with any head."""
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + version + len(head).to_bytes(2 if version[0] == 1 else 4, "little") + head + data


def npz(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a.npy", content)
    return stream.getvalue()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_as_they_were_written(save, tmp_path):
    arrays = {
        "floats": np.arange(6, dtype=np.float16).reshape(2, 3),
        "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "texts": np.array(["a", "é"]),
        "one": np.array(7),
        "none": np.zeros((0, 3), np.uint8),
        "big": np.arange(3, dtype=">f8"),
    }
    save(tmp_path / "a.npz", **arrays)
    read = read_arrays(tmp_path / "a.npz")
    assert read.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype


PICKLED = io.BytesIO()
np.save(PICKLED, np.array([{"a": 1}]), allow_pickle=True)
ENTRY = b"PK\x01\x02\x14\x03\x14\x00"  # of a zip archive's directory, up to its flags
MARK = b"\1\2\3\4"
WRONG = {
    "nothing": b"",
    "no archive": b"abc" * 100,
    "a bare .npy": npy("(1,)", data=bytes(4)),
    "cut short": npz(npy("(1,)", data=bytes(4)))[:-30],
    "a terabyte": npz(npy("(1000000000000,)", data=bytes(4))),
    "a negative size": npz(npy("(-1,)", data=bytes(4))),
    "too few bytes": npz(npy("(9,)", data=bytes(4))),
    "too many bytes": npz(npy("(1,)", data=bytes(8))),
    "a pickle": npz(PICKLED.getvalue()),
    "objects": npz(npy("(1,)", "|O", bytes(8))),
    "records": npz(npy("(1,)", "|V8", bytes(8))),
    "complex numbers": npz(npy("(1,)", "<c8", bytes(8))),
    "an unknown type": npz(npy("(1,)", "x", bytes(8))),
    "a shape that is no tuple": npz(npy("9", data=bytes(36))),
    "deep brackets": npz(npy("(" * 900 + ")" * 900)),
    "an unknown version": npz(npy("(1,)", data=bytes(4), version=b"\x09\x09")),
    "an unknown compression": npz(npy("(1,)", data=bytes(4))).replace(b"\x08\x00", b"\x63\x00"),
    "an encrypted entry": npz(npy("(1,)", data=bytes(4))).replace(ENTRY + b"\0", ENTRY + b"\1"),
    "a wrong checksum": npz(npy("(1,)", data=MARK), zipfile.ZIP_STORED).replace(MARK, bytes(4), 1),
}


@pytest.mark.parametrize("name", WRONG)
def test_anything_else_is_one_error(name, tmp_path):
    (tmp_path / "a.npz").write_bytes(WRONG[name])
    with pytest.raises(ArrayFileError):
        read_arrays(tmp_path / "a.npz")


def test_a_missing_file_and_a_folder_are_errors_too(tmp_path):
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(ArrayFileError):
            read_arrays(path)


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_by_its_declared_size(tmp_path, monkeypatch):
    monkeypatch.setattr("attention_mesh.models.array_file.MAX_FILE_BYTES", 1_000_000)
    (tmp_path / "a.npz").write_bytes(npz(npy("(500000,)", data=bytes(2_000_000))))
    assert (tmp_path / "a.npz").stat().st_size < 10_000
    with pytest.raises(ArrayFileError, match="the limits are"):
        read_arrays(tmp_path / "a.npz")


def test_arrays_of_another_kind_are_named(tmp_path: Path) -> None:
    arrays = {"a": np.zeros((2, 2)), "b": np.array(["x"])}
    assert numbers_of(arrays, "a", 2) is arrays["a"]
    for name, rank, message in (
        ("c", 1, "c is missing"),
        ("b", 1, "b is"),
        ("a", 1, "expected numbers of rank 1"),
    ):
        with pytest.raises(ArrayFileError, match=message):
            numbers_of(arrays, name, rank)
