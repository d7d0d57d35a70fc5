"""Checks that a .tflite file of the user's is a fused landmark network, as this package's graphs run it."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.weights.errors import WeightsError

_TFLITE = b"TFL3"  # at byte 4
_ZIP = b"PK\x03\x04"  # a .keras file is one
_HOW = "`attention-mesh export NETWORK OUT.tflite --fused` makes a file that graphs run"


def check_fused_file(path: Path) -> None:
    """Raises WeightsError, which says how to make the right file, if `path` is another kind of file.

    A fused network takes one batch of pictures, (N, S, S, 3) uint8, and gives landmarks and presence.
    """
    content = path.read_bytes()
    if content.startswith(_ZIP) and path.suffix == ".keras":
        raise WeightsError(f"weights {str(path)!r}: this is a Keras network, which is exported first; {_HOW}")
    if content[4:8] != _TFLITE:
        raise WeightsError(f"weights {str(path)!r}: this is no TFLite file; {_HOW}")
    inputs, outputs, picture = _signature(path, content)
    if inputs != 1 or not picture:
        raise WeightsError(
            f"weights {str(path)!r}: its input is not one batch of uint8 pictures, so it is not fused; {_HOW}"
        )
    if outputs != 2:
        raise WeightsError(
            f"weights {str(path)!r}: it has {outputs} outputs; expected landmarks and presence; {_HOW}"
        )


def _signature(path: Path, content: bytes) -> tuple[int, int, bool]:
    """The numbers of inputs and outputs, and whether the first input holds (N, S, S, 3) uint8 pictures."""
    from ai_edge_litert import schema_py_generated as schema  # here, because official weights need no check

    try:
        graph = schema.Model.GetRootAs(content).Subgraphs(0)
        first = graph.Tensors(graph.Inputs(0))
        shape = first.ShapeAsNumpy()
        picture = first.Type() == schema.TensorType.UINT8 and shape.size == 4 and shape[3] == 3
        return graph.InputsLength(), graph.OutputsLength(), bool(picture)
    except Exception as error:  # whatever the generated reader raises for damaged offsets
        raise WeightsError(f"weights {str(path)!r}: the file is damaged ({error}); {_HOW}") from error
