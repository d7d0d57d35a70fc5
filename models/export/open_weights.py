"""Makes the open weights' two files out of a training's network.

python -m attention_mesh.models.export.open_weights out/network.keras
"""

from __future__ import annotations

import sys

from attention_mesh.models.attention_mesh.load_network import load_network
from attention_mesh.models.attention_mesh.open_weights import save_open_weights
from attention_mesh.models.export.tflite import export_tflite
from attention_mesh.models.weights.atomic_file import write_atomically
from attention_mesh.models.weights.landmark_model import OPEN_MODEL


def main(network: str) -> None:
    trained = load_network(network)
    save_open_weights(trained)
    # What is exported is what is loaded: the half-precision weights.
    write_atomically(OPEN_MODEL, export_tflite(load_network("open"), "float16", native=True))


if __name__ == "__main__":
    main(sys.argv[1])
