"""Mutations: bytes and texts that are changed a little, and arrays and numbers as nobody expects them."""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any

import numpy as np

NUMBERS: tuple[Any, ...] = (0, -1, 1, 2, 1 << 31, 1 << 63, 10**30, 1e308, float("nan"), float("inf"), -0.5)
VALUES: tuple[Any, ...] = (
    *NUMBERS,
    None,
    True,
    "",
    "x",
    "../../x",
    [],
    {},
    [[]],
    {"a": {}},
    "9" * 40,
    "\ud800",
)


def changed_bytes(numbers: random.Random, content: bytes) -> bytes:
    """A content in which bytes are other ones, missing or doubled."""
    data = bytearray(content)
    for _ in range(numbers.choice((1, 1, 2, 4, 16))):
        place = numbers.randrange(len(data) + 1)
        way = numbers.randrange(6)
        if way == 0:
            del data[place:]
        elif way == 1:
            del data[place : place + numbers.choice((1, 4, 64))]
        elif way == 2:
            data[place:place] = data[place // 2 : place][: numbers.choice((1, 16, 4096))]
        elif place < len(data):
            data[place] = numbers.choice(
                (data[place] ^ (1 << numbers.randrange(8)), numbers.randrange(256), 0, 255)
            )
        if not data:
            break
    return bytes(data)


def changed_text(numbers: random.Random, text: str) -> bytes:
    """A text in which words, numbers and brackets are others, or which is damaged as bytes."""
    if numbers.random() < 0.3:
        return changed_bytes(numbers, text.encode())
    for _ in range(numbers.choice((1, 1, 2, 3))):
        place = numbers.randrange(len(text) + 1)
        part = numbers.choice(
            (
                "[" * numbers.choice((1, 50, 5000)),
                "{" * numbers.choice((1, 50, 5000)),
                "]", "}", '"', "'", ",", ":", "=", "\n", "#", "\\", "\0", "é", "\u2028", "null", "true",
                str(numbers.choice(NUMBERS)), "9" * numbers.choice((20, 400, 5000)), "1e999", "0x", "-",
            )
        )  # fmt: skip
        text = text[:place] + part + text[place + numbers.choice((0, 0, 1, len(part))) :]
    return text.encode("utf-8", "surrogatepass")


def changed_tree(numbers: random.Random, tree: Any) -> Any:
    """A tree of dicts and lists in which one value is another, missing, or deeply nested."""
    if isinstance(tree, dict) and tree and numbers.random() < 0.9:
        key = numbers.choice(list(tree))
        if numbers.random() < 0.1:
            return {name: value for name, value in tree.items() if name != key}
        if numbers.random() < 0.05:
            return {**tree, "unknown": numbers.choice(VALUES)}
        return {**tree, key: changed_tree(numbers, tree[key])}
    if isinstance(tree, list) and tree and numbers.random() < 0.9:
        place = numbers.randrange(len(tree))
        if numbers.random() < 0.1:
            return tree[:place] + tree[place + 1 :]
        return [*tree[:place], changed_tree(numbers, tree[place]), *tree[place + 1 :]]
    if numbers.random() < 0.05:
        deep: Any = 1
        for _ in range(numbers.choice((10, 400))):
            deep = [deep]
        return deep
    return numbers.choice(VALUES)


def changed_arrays(numbers: random.Random, arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz file in which one array is another, missing or a lie, or in which bytes are changed."""
    changed: dict[str, Any] = dict(arrays)
    name = numbers.choice(list(changed))
    array, way = changed[name], numbers.randrange(9)
    lie = b""
    if way == 0:
        del changed[name]
    elif way == 1:
        changed[name] = array.reshape(-1)[: numbers.randrange(array.size + 1)]
    elif way == 2:
        changed[name] = np.array(numbers.choice((1, 1.5, "x", True, 1j, b"x", np.datetime64("2020-01-01"))))
    elif way == 3:
        changed[name] = np.full(array.shape, "x") if array.size < 10_000 else np.zeros((3, 0))
    elif way == 4 and array.dtype.kind in "fiu":
        kinds = (np.float64, np.float16, np.int8, np.int64, np.complex64, np.bool_, ">f4", "f8,i4")
        changed[name] = (
            array.astype(numbers.choice(kinds[:7])) if numbers.random() < 0.9 else np.zeros(3, kinds[7])
        )
    elif way == 5 and array.dtype.kind == "f":
        changed[name] = np.full(array.shape, numbers.choice((np.nan, np.inf, -1e30, 1e30)), array.dtype)
    elif way == 6 and array.dtype.kind in "iu":
        changed[name] = np.full(array.shape, numbers.choice((-1, 10**6, 127)), array.dtype)
    elif way == 7:
        lie = _lie(numbers)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", numbers.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for key, value in changed.items():
            inner = io.BytesIO()
            np.lib.format.write_array(inner, np.asanyarray(value), allow_pickle=False)
            archive.writestr(f"{key}.npy", lie if lie and key == name else inner.getvalue())
    return (
        changed_bytes(numbers, stream.getvalue()) if way == 8 or numbers.random() < 0.2 else stream.getvalue()
    )


def _lie(numbers: random.Random) -> bytes:
    """An .npy file whose head is odd."""
    shape = numbers.choice(
        ("(1000000000000,)", "(-1,)", "(2, 2", "()", "(1e9,)", "9", "(" * 300 + ")" * 300, "(1,)*9")
    )
    kind = numbers.choice(("<f4", "|O", "<U1000000", "|V99999999", "x", "<M8[ns]", "("))
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    version = numbers.choice((b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x09"))
    length = len(head).to_bytes(2 if version[0] == 1 else 4, "little")
    return b"\x93NUMPY" + version + length + head + numbers.randbytes(numbers.choice((0, 4, 400)))
