"""Model files: which .tflite file a name, a path or a model's content stands for."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from attention_mesh.limits import MAX_MODEL_BYTES, read_file
from attention_mesh.media.files import write_whole
from attention_mesh.models.weights.cache import cache_folder
from attention_mesh.models.weights.errors import ModelFileError, WeightsError
from attention_mesh.models.weights.fused_file import check_fused_file
from attention_mesh.models.weights.model_store import CONVERTED, ModelStore, file_sha256, file_state
from attention_mesh.models.weights.official_models import MODELS

OFFICIAL, OPEN = "official", "open"
# The open weights: as Keras loads them, and as the graphs run them.
OPEN_WEIGHTS = Path(__file__).parent / "open_weights" / "attention_mesh.npz"
OPEN_MODEL = OPEN_WEIGHTS.with_suffix(".tflite")

_CUSTOM_OPERATORS = (b"Landmarks2TransformMatrix", b"TransformTensorBilinear", b"TransformLandmarks")
_PACKAGE = Path(__file__).resolve().parents[1]
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
      ModelFileError: the file is damaged, or LiteRT does not survive it, see `check_unknown_model`; or its
        custom operators belong to another network than the attention mesh.
    """
    if isinstance(model, Path) and is_own_file(model):
        return model
    digest = file_sha256(model) if isinstance(model, Path) else hashlib.sha256(model).hexdigest()
    for name, official in MODELS.items():
        if official.sha256 == digest:
            return model_path(name)
    if isinstance(model, Path):
        return _checked_file(model, *file_state(model)) or model
    return _checked(model, "the model") or model


def is_own_file(path: Path) -> bool:
    """Whether a file is the package's: installed with it, or written by it into the cache folder."""
    folders = (_PACKAGE, (cache_folder() / CONVERTED).resolve())
    return any(folder in path.resolve().parents for folder in folders)


@lru_cache(maxsize=64)
def _checked_file(path: Path, *state: int) -> bytes | None:
    return _checked(read_file(path, MAX_MODEL_BYTES), str(path))


@lru_cache(maxsize=8)
def _checked(content: bytes, name: str) -> bytes | None:
    """Checks and tries a model; returns what runs in its place if it has MediaPipe's custom operators."""
    # Imported here: official models need neither.
    from attention_mesh.models.weights.checking.check_unknown_model import (
        check_unknown_model,
        try_unknown_model,
    )

    check_unknown_model(content, name, _CUSTOM_OPERATORS)
    converted = None
    if any(operator in content for operator in _CUSTOM_OPERATORS):
        from attention_mesh.models.weights.conversion.convert import convert

        try:
            converted = convert(content, _CUSTOM_OPERATOR_STEPS)
        except Exception as error:  # the steps know one network, and fail at others as they may
            raise ModelFileError(
                f"{name}: its custom operators belong to another network than the attention mesh: {error}"
            ) from error
    try_unknown_model(content if converted is None else converted, name)
    return converted


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
