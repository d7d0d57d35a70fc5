"""Task files: what `model_asset_path` of MediaPipe Tasks may name, and the weights it stands for."""

from __future__ import annotations

import hashlib
import io
import logging
import os
from pathlib import Path

from attention_mesh.limits import MAX_MODEL_BYTES, read_file
from attention_mesh.models.weights.cache import cache_folder, content_of, locked, write_entry
from attention_mesh.models.weights.errors import WeightsError

MARK = "attention_mesh.json"
"""The file by which a bundle that `attention-mesh export` wrote is known."""
LANDMARK_NETWORK = "face_landmarks_detector.tflite"

_log = logging.getLogger(__name__)
_ZIP, _TFLITE = b"PK\x03\x04", b"TFL3"  # a TFLite file has its mark at byte 4


def weights_of_task_file(asset: bytes | str | os.PathLike[str]) -> str | None:
    """The weights that the model file of a program for MediaPipe Tasks stands for.

    ===============================================  ====================================================
    file                                             weights
    ===============================================  ====================================================
    bundle (.task) that `attention-mesh export`      the bundle's landmark network, which is stored in
    wrote                                            the cache folder
    .tflite of `attention-mesh export --fused`       that file
    another bundle with a face landmark network,     None: this package runs its own networks, and a line
    such as MediaPipe's face_landmarker.task         in the log says so
    ===============================================  ====================================================

    Args:
      asset: path or content of the file.

    Returns:
      The path of a .tflite file, or None for the default weights.

    Raises:
      WeightsError: the file is something else, or the cache folder cannot be written.
      OSError: it cannot be read.
    """
    name = "model_asset_buffer" if isinstance(asset, bytes) else os.fspath(asset)
    content = asset if isinstance(asset, bytes) else read_file(Path(asset))
    if content[4:8] == _TFLITE:
        return _stored(content) if isinstance(asset, bytes) else os.fspath(asset)
    if not content.startswith(_ZIP):
        raise WeightsError(
            f"{name} is no model file; expected a bundle (.task), or a .tflite file that "
            "`attention-mesh export --fused` wrote"
        )
    import zipfile  # here, because most programs name no such file

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            names = bundle.namelist()
            is_ours = {MARK, LANDMARK_NETWORK} <= {*names}
            if is_ours and bundle.getinfo(LANDMARK_NETWORK).file_size > MAX_MODEL_BYTES:
                raise WeightsError(f"{name}: {LANDMARK_NETWORK} has more than {MAX_MODEL_BYTES} bytes")
            network = bundle.read(LANDMARK_NETWORK) if is_ours else None
    except WeightsError:
        raise
    except Exception as error:  # zipfile and zlib raise a dozen types at damaged bytes
        raise WeightsError(f"{name} is cut short or damaged: {error}") from error
    if network is not None:
        return _stored(network)
    if LANDMARK_NETWORK not in names:
        raise WeightsError(
            f"{name} is no bundle of a face landmarker: it holds {', '.join(names) or 'nothing'}, "
            f"and no {LANDMARK_NETWORK}"
        )
    _log.warning("%s holds other networks; attention_mesh runs its own in their place", name)
    return None


def _stored(network: bytes) -> str:
    """The path of a file in the cache folder with this content."""
    folder = cache_folder()
    path = folder / f"task_{hashlib.sha256(network).hexdigest()[:16]}.tflite"
    if content_of(path) != network:
        with locked(folder):
            try:
                write_entry(path, network)
            except OSError as error:
                raise WeightsError(f"cannot write {path}: {error.strerror or error}") from error
    return str(path)
