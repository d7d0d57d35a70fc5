"""Exports a network as .tflite and runs it once: python examples/export_network.py NETWORK mesh.tflite

NETWORK is "official" (Google's weights), "open" (ours) or the .keras file of a training. Needs the extra
`train`. The file runs on any TFLite runtime; `attention-mesh export` also writes ONNX, SavedModel and .task.
"""

import sys
from pathlib import Path

if len(sys.argv) != 3:  # before Keras is imported, which takes seconds
    sys.exit(__doc__)

import numpy as np  # noqa: E402
from ai_edge_litert.interpreter import Interpreter  # noqa: E402

from attention_mesh.models.attention_mesh.load_network import load_network  # noqa: E402
from attention_mesh.models.export.tflite import export_tflite  # noqa: E402

name, output = sys.argv[1], Path(sys.argv[2])
network = load_network(name)
output.write_bytes(export_tflite(network, precision="float16"))
print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")

# The exported network takes a face's crop, (B, S, S, 3) float32 RGB from 0 to 1.
size = network.preset.input_size
serve = Interpreter(model_path=str(output)).get_signature_runner("serve")
outputs = serve(images=np.full((1, size, size, 3), 0.5, np.float32))
for key, value in sorted(outputs.items()):
    print(f"{key}: {value.shape}")  # landmarks in pixels of the crop; presence is a logit
