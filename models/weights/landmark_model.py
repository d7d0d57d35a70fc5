"""Which landmark network the graphs run: the official one, the open one, or a user's own."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.model_path import model_path

OFFICIAL, OPEN = "official", "open"
OPEN_FOLDER = Path(__file__).parent / "open_weights"
OPEN_MODEL = OPEN_FOLDER / "attention_mesh.tflite"


def landmark_model(with_attention: bool = True, weights: str = OFFICIAL, native: bool = True) -> Path:
    """The .tflite file of a landmark network.

    weights: "official" (fetched and converted on first use), "open" (comes with the package, for the
    attention network alone), or the path of a file of `attention-mesh export --native`. native: the form of
    our own graphs, see `model_path`; open and own files have that one. Raises WeightsError, which says what
    would be right.
    """
    if weights == OFFICIAL:
        name = "face_landmark_with_attention" if with_attention else "face_landmark"
        return model_path(name, native=native)
    if not native:
        raise WeightsError(f"weights {weights!r} are in the form of this package's graphs alone; set native")
    if weights != OPEN:
        path = Path(weights).expanduser()
        if not path.is_file():
            raise WeightsError(
                f"weights are {weights!r}; expected {OFFICIAL!r}, {OPEN!r} or the path of a .tflite file "
                "that `attention-mesh export --native` wrote"
            )
        return path
    if not with_attention:
        raise WeightsError("the open weights are those of the attention network; leave with_attention on")
    return OPEN_MODEL
