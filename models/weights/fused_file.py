"""Checks that a .tflite file of the user's is a fused landmark network, as this package's graphs run it."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.limits import MAX_MODEL_BYTES, read_file
from attention_mesh.models.weights.errors import ModelFileError, WeightsError

_TFLITE = b"TFL3"  # at byte 4
_ZIP = b"PK\x03\x04"  # a .keras file is one
_HOW = "`attention-mesh export NETWORK OUT.tflite --fused` makes a file that graphs run"


def check_fused_file(path: Path) -> None:
    """Raises WeightsError, which says how to make the right file, if `path` is another kind of file.

    A fused network takes one batch of pictures, (N, S, S, 3) uint8, and gives landmarks and presence.
    """
    content = read_file(path, MAX_MODEL_BYTES)
    if content.startswith(_ZIP) and path.suffix == ".keras":
        raise WeightsError(f"weights {str(path)!r}: this is a Keras network, which is exported first; {_HOW}")
    if content[4:8] != _TFLITE:
        raise WeightsError(f"weights {str(path)!r}: this is no TFLite file; {_HOW}")
    # Imported here, because official weights need no check.
    from attention_mesh.models.weights.checking.check_unknown_model import (
        check_unknown_model,
        try_unknown_model,
    )

    name = f"weights {str(path)!r}"
    try:
        check_unknown_model(content, name)
    except ModelFileError as error:
        raise ModelFileError(f"{error}; {_HOW}") from error
    inputs, outputs, picture = _signature(content)
    if inputs != 1 or not picture:
        raise WeightsError(
            f"weights {str(path)!r}: its input is not one batch of uint8 pictures, so it is not fused; {_HOW}"
        )
    if outputs != 2:
        raise WeightsError(
            f"weights {str(path)!r}: it has {outputs} outputs; expected landmarks and presence; {_HOW}"
        )
    try_unknown_model(content, name)


def _signature(content: bytes) -> tuple[int, int, bool]:
    """The numbers of inputs and outputs, and whether the first input holds (N, S, S, 3) uint8 pictures."""
    from ai_edge_litert import schema_py_generated as schema

    graph = schema.Model.GetRootAs(content).Subgraphs(0)
    first = graph.Tensors(graph.Inputs(0))
    # Without a shape, the reader gives the number 0.
    shape = list(first.ShapeAsNumpy()) if first.ShapeLength() else []
    picture = first.Type() == schema.TensorType.UINT8 and len(shape) == 4 and shape[3] == 3
    return graph.InputsLength(), graph.OutputsLength(), bool(picture)
