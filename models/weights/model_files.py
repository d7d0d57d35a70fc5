"""Model files: which .tflite file a name, a path or a model's content stands for."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from attention_mesh.media.files import write_whole
from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.fused_file import check_fused_file
from attention_mesh.models.weights.model_store import ModelStore, file_sha256, file_state
from attention_mesh.models.weights.official_models import MODELS

OFFICIAL, OPEN = "official", "open"
# The open weights: as Keras loads them, and as the graphs run them.
OPEN_WEIGHTS = Path(__file__).parent / "open_weights" / "attention_mesh.npz"
OPEN_MODEL = OPEN_WEIGHTS.with_suffix(".tflite")

_CUSTOM_OPERATORS = (b"Landmarks2TransformMatrix", b"TransformTensorBilinear", b"TransformLandmarks")
# A network with these operators needs the same steps, whichever release it is from.
_CUSTOM_OPERATOR_STEPS = MODELS["face_landmark_with_attention"].conversion


def model_path(name: str, batch: int | None = None, fused: bool = False) -> Path:
    """The converted .tflite file of an official model, which any LiteRT CPU runtime runs.

    Fetches, verifies and converts the model on first use. The input is (1, H, W, 3) float32; a runtime may
    resize its leading axis to any number of faces.

    Args:
      name: a key of `MODELS`.
      batch: this number of faces is fixed in the file instead.
      fused: for a landmark network, whether scaling and merging are part of the network, as our own graphs
        need it. The input is then uint8, 0…255, so that less memory moves. The outputs are the landmarks
        (all 478 of the attention network in one tensor, in pixels of the input) and the presence. The
        results are the same up to rounding.

    Raises:
      WeightsError: the weights are unknown or unavailable.
    """
    return ModelStore().path(name, batch, fused)


def landmark_model(with_attention: bool = True, weights: str = OFFICIAL, fused: bool = True) -> Path:
    """The .tflite file of a landmark network.

    Args:
      with_attention: the attention network, else the mesh network.
      weights: "official" (fetched and converted on first use), "open" (part of the package; the attention
        network only), or the path of a file that `attention-mesh export --fused` wrote.
      fused: whether scaling and merging are part of the network, see `model_path`. Only the official weights
        exist in the other form too.

    Raises:
      WeightsError: the arguments do not match, or the weights are unavailable.
    """
    if weights == OFFICIAL:
        name = "face_landmark_with_attention" if with_attention else "face_landmark"
        return model_path(name, fused=fused)
    if not fused:
        raise WeightsError(f"weights {weights!r} exist only as a fused model; set fused")
    if weights != OPEN:
        path = Path(weights).expanduser()
        if not path.is_file():
            raise WeightsError(
                f"weights {weights!r}: there is no such file; expected {OFFICIAL!r}, {OPEN!r} or the path "
                "of a .tflite file that `attention-mesh export --fused` wrote"
            )
        check_fused_file(path)
        return path
    if not with_attention:
        raise WeightsError("the open weights belong to the attention network; leave with_attention on")
    return OPEN_MODEL


def runnable_model(model: bytes | Path) -> bytes | Path:
    """A form of the model that the runtime runs: the model itself if it needs no change.

    An official file, known by its SHA-256, is replaced by the converted file in the cache. Another model with
    MediaPipe's custom operators is converted in memory.

    Args:
      model: the content or the path of a .tflite file.

    Raises:
      FileNotFoundError: the path leads to no file.
      ValueError: the custom operators belong to another network than the attention mesh.
    """
    if isinstance(model, Path):
        digest, is_custom = file_sha256(model), _is_custom_file(model, *file_state(model))
    else:
        digest, is_custom = hashlib.sha256(model).hexdigest(), _is_custom(model)
    for name, official in MODELS.items():
        if official.sha256 == digest:
            return model_path(name)
    if is_custom:
        return _convert_custom_operators(model.read_bytes() if isinstance(model, Path) else model)
    return model


def _is_custom(content: bytes) -> bool:
    return any(operator in content for operator in _CUSTOM_OPERATORS)


@lru_cache(maxsize=64)
def _is_custom_file(path: Path, *state: int) -> bool:
    return _is_custom(path.read_bytes())


@lru_cache(maxsize=4)
def _convert_custom_operators(content: bytes) -> bytes:
    # Imported here: only the conversion needs the schema.
    from attention_mesh.models.weights.conversion.convert import convert

    return convert(content, _CUSTOM_OPERATOR_STEPS)


def save_model(
    name: str,
    out_path: str | Path,
    *,
    force: bool = False,
    batch: int | None = None,
    folder: Path | None = None,
) -> Path:
    """Writes the converted .tflite of an official model to a path of the user's choice.

    Args:
      name: a key of `MODELS`.
      out_path: the file to write, in a folder that exists.
      force: whether to overwrite a file.
      batch: see `model_path`.
      folder: the cache folder; by default the user's.

    Returns:
      The path of the file.

    Raises:
      WeightsError: the target's folder does not exist, the target is a folder, or it exists and `force` is
        not set.
    """
    target = Path(out_path).expanduser()
    if target.is_dir():
        raise WeightsError(
            f"{target} is a folder; name the file to write, for example {target / name}.tflite"
        )
    if not target.parent.is_dir():
        raise WeightsError(f"cannot write {target}: the folder {target.parent} does not exist")
    if target.exists() and not force:
        raise WeightsError(f"{target} exists; force (--force) overwrites it")
    content = ModelStore(folder).path(name, batch).read_bytes()
    try:
        write_whole(target, content, or_in_place=True)
    except OSError as error:
        raise WeightsError(f"cannot write {target}: {error.strerror}") from error
    return target
