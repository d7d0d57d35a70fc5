"""Network for GPUs: TensorFlow's export, in a process of its own.

What Keras made before in a process changes names and the order of constants. A new one repeats its bytes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from attention_mesh.cli.errors import AarError


def export_gpu_network(weights: str) -> bytes:
    """The landmark network as a .tflite file of operators that GPU delegates have, for a batch of one.

    It takes images in [0, 1] as float32, because GPU delegates take no bytes.

    Args:
      weights: "official" or "open".

    Raises:
      AarError: the export failed, for example because the extra `train` is missing.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.tflite"
        done = subprocess.run(
            [sys.executable, "-m", __name__, weights, str(file)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise AarError(f"the network for GPUs is exported with TensorFlow, of the extra `train`: {last}")
        return file.read_bytes()


def main(weights: str, file: str) -> None:
    from attention_mesh.models.keras_backend import import_keras

    import_keras()
    from attention_mesh.models.attention_mesh.load_network import load_network
    from attention_mesh.models.export.tflite import export_tflite

    Path(file).write_bytes(export_tflite(load_network(weights), "float16", "gpu", batch=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
