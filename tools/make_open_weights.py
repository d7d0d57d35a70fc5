"""The two files of the open weights, made from the network of a training.

python tools/make_open_weights.py out/network.keras
"""

from __future__ import annotations

import io
import sys

import numpy as np

from attention_mesh.media.files import write_whole
from attention_mesh.models.attention_mesh.load_network import load_network
from attention_mesh.models.export.tflite import export_tflite
from attention_mesh.models.weights.model_files import OPEN_MODEL, OPEN_WEIGHTS


def main(network: str) -> None:
    """Writes the weights in half precision, which does not change the landmarks, and the fused model."""
    content = io.BytesIO()
    weights = load_network(network).get_weights()
    np.savez_compressed(
        content, **{f"{number:03d}": weight.astype(np.float16) for number, weight in enumerate(weights)}
    )
    write_whole(OPEN_WEIGHTS, content.getvalue())
    # Loaded again, so that the model has the half-precision weights.
    write_whole(OPEN_MODEL, export_tflite(load_network("open"), "float16", fused=True))


if __name__ == "__main__":
    main(sys.argv[1])
