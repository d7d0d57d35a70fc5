"""Program: a network as WebGPU runs it: buffers, shaders, dispatches and their constants, as plain data."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from attention_mesh.limits import MAX_MODEL_BYTES, read_file, read_text_file
from attention_mesh.webgpu.errors import ProgramError

FORMAT = "attention-mesh-webgpu"
FORMAT_VERSION = 2
_PROGRAM_FILE, _WEIGHTS_FILE = "program.json", "weights.bin"
_SHADER_NAME = re.compile(r"\w+")


@dataclass(frozen=True)
class ProgramTensor:
    """A tensor that a program takes or gives.

    Attributes:
        name: the name in the network's file.
        offset: of its first byte in an item's part of the arena.
        shape: with a leading axis of one, for the item of a batch, whether the file's has one or not.
        dtype: of its elements in the arena, always "float32". An input that is bytes in the network's file
            takes the same numbers, 0 to 255.
    """

    name: str
    offset: int
    shape: tuple[int, ...]
    dtype: str = "float32"

    @property
    def size(self) -> int:
        """The number of bytes."""
        return 4 * math.prod(self.shape)


@dataclass(frozen=True)
class Dispatch:
    """One compute dispatch.

    Attributes:
        shader: the name of a shader of the program.
        constants: values of the shader's `override` constants.
        workgroups: along x and y. The third axis is the item of the batch.
        label: which operators of the network it runs.
        entry_point: the function in the shader.
        parameters: 32-bit words of the shader's `Parameters`, at most 64; negative ones are those of signed
            integers. Empty if it has none.
    """

    shader: str
    constants: Mapping[str, float]
    workgroups: tuple[int, int]
    label: str
    entry_point: str = "main"
    parameters: tuple[int, ...] = ()


@dataclass(frozen=True)
class Program:
    """A compiled network. It is data: nothing here needs a GPU.

    Every dispatch sees the same bind group 0: binding 0 is the arena, a read-write storage buffer with all
    activations, and binding 1 the weights, a read-only one. Binding 0 of bind group 1 is a uniform buffer
    with the dispatch's own parameters; dispatches that differ in nothing else share a pipeline. Dispatches
    run in their order. A batch of n items needs an arena of n × `arena_bytes`; the item's tensors lie at
    `item · arena_bytes + offset`, and every dispatch runs with n workgroups along the third axis.

    Attributes:
        arena_bytes: of one item's part of the arena, a multiple of 256.
        weights: the content of the weights buffer.
        dispatches: in order.
        inputs: by name, in the network's order.
        outputs: by name, in the network's order.
        shaders: WGSL sources by name.
        features: WebGPU features that the device must have, such as "shader-f16".
    """

    arena_bytes: int
    weights: bytes
    dispatches: tuple[Dispatch, ...]
    inputs: Mapping[str, ProgramTensor]
    outputs: Mapping[str, ProgramTensor]
    shaders: Mapping[str, str]
    features: tuple[str, ...] = ()

    def save(self, folder: Path | str) -> None:
        """Writes program.json, weights.bin and the shaders, NAME.wgsl, into a folder, which is made."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        description = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "arena_bytes": self.arena_bytes,
            "weights": _WEIGHTS_FILE,
            "weights_bytes": len(self.weights),
            "features": list(self.features),
            "inputs": [asdict(tensor) for tensor in self.inputs.values()],
            "outputs": [asdict(tensor) for tensor in self.outputs.values()],
            "dispatches": [asdict(dispatch) for dispatch in self.dispatches],
        }
        (folder / _WEIGHTS_FILE).write_bytes(self.weights)
        for name, source in self.shaders.items():
            (folder / f"{name}.wgsl").write_text(source, encoding="utf-8")
        (folder / _PROGRAM_FILE).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path | str) -> Program:
        """Reads what `save` wrote.

        Raises:
            FileNotFoundError: the folder lacks a file.
            ProgramError: a file is something else, or was cut off.
        """
        folder = Path(folder)
        path = folder / _PROGRAM_FILE
        try:
            entries = json.loads(read_text_file(path))
            if entries["format"] != FORMAT or entries["version"] != FORMAT_VERSION:
                raise ProgramError(
                    f"{path}: format {entries['format']} {entries['version']}; expected {FORMAT} "
                    f"{FORMAT_VERSION}"
                )
            dispatches = tuple(_dispatch(entry) for entry in entries["dispatches"])
            if entries["weights"] != _WEIGHTS_FILE:
                raise ValueError(f"the weights are in {entries['weights']!r}; expected {_WEIGHTS_FILE}")
            weights = read_file(folder / _WEIGHTS_FILE, MAX_MODEL_BYTES)
            if len(weights) != entries["weights_bytes"]:
                raise ProgramError(
                    f"{folder / entries['weights']} has {len(weights)} bytes; expected "
                    f"{entries['weights_bytes']}"
                )
            names = dict.fromkeys(dispatch.shader for dispatch in dispatches)
            if not all(isinstance(name, str) and _SHADER_NAME.fullmatch(name) for name in names):
                raise ValueError("a shader's name is no name of a file in this folder")
            return cls(
                int(entries["arena_bytes"]),
                weights,
                dispatches,
                _tensors(entries["inputs"]),
                _tensors(entries["outputs"]),
                {name: (folder / f"{name}.wgsl").read_text(encoding="utf-8") for name in names},
                tuple(entries["features"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            if isinstance(error, ProgramError):
                raise
            raise ProgramError(f"{path}: not a program that this version reads: {error!r}") from error


def _dispatch(entry: dict[str, Any]) -> Dispatch:
    x, y = entry["workgroups"]
    return Dispatch(
        entry["shader"],
        entry["constants"],
        (x, y),
        entry["label"],
        entry["entry_point"],
        tuple(entry["parameters"]),
    )


def _tensors(entries: list[dict[str, Any]]) -> dict[str, ProgramTensor]:
    return {
        entry["name"]: ProgramTensor(entry["name"], entry["offset"], tuple(entry["shape"]), entry["dtype"])
        for entry in entries
    }
