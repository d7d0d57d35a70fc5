"""The rig that a folder holds, or the one that comes with the package."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import FaceRig
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit


def load_rig(folder: Path | None = None) -> FaceRig:
    """The ICT-FaceKit in `folder`, or the built-in rig. Raises RigError for a folder that holds none."""
    return builtin_rig() if folder is None else load_ict_facekit(folder)
