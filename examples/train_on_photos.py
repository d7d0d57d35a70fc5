"""Trains a network on your own photos: python examples/train_on_photos.py PHOTOS OUT [STEPS]

The official network labels the photos, and the training continues from the weights that come with this
package. Needs the extra `train`. For real use take hundreds of photos and thousands of steps, check the
labels with `attention-mesh label`, and add synthetic faces: docs/training.md shows how.
"""

import sys
from pathlib import Path

if len(sys.argv) not in (3, 4):  # before Keras is imported, which takes seconds
    sys.exit(__doc__)

import cv2  # noqa: E402
import numpy as np  # noqa: E402

import attention_mesh as mp  # noqa: E402
from attention_mesh.models.training.config import DataConfig, TrainingConfig  # noqa: E402
from attention_mesh.models.training.label_file import LabelFile  # noqa: E402
from attention_mesh.models.training.train import train  # noqa: E402

photos, output = Path(sys.argv[1]), Path(sys.argv[2])
steps = int(sys.argv[3]) if len(sys.argv) > 3 else 1000

names, landmarks = [], []
with mp.FaceLandmarker() as landmarker:
    for file in sorted([*photos.glob("*.jpg"), *photos.glob("*.png")]):
        faces = landmarker.detect(cv2.imread(str(file))[..., ::-1])
        if len(faces):
            names.append(file.name)
            landmarks.append(faces.landmarks_px[0])
if not names:
    sys.exit(f"no face found in the .jpg and .png files of {photos}")
trust = np.ones((len(names), 478, 2), np.float32)  # of x and y, and of z, per landmark
LabelFile(names, np.array(landmarks), trust, np.ones(len(names), np.float32)).write(photos / "labels.npz")
print(f"{len(names)} photos with a face")

config = TrainingConfig(
    data=(DataConfig(str(photos.resolve())),),
    start="open",  # the package's own weights; "official" for Google's, "" for random ones
    ideal_steps=0,
    own_steps=steps,
    batch_size=8,
    learning_rate=2e-4,
)
train(config, output, progress=lambda step, losses: losses and print(step, f"loss {losses['loss']:.3f}"))
print(f"{output / 'network.keras'}: export it with examples/export_network.py")
