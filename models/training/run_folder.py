"""The folder that a training writes into."""

from __future__ import annotations

import json
from pathlib import Path

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.training.config import TrainingConfig

CHECKPOINT, CONFIG, CURVES, LOG, NETWORK = (
    "checkpoint.npz", "config.json", "curves.png", "log.csv", "network.keras",
)  # fmt: skip


def claim_folder(folder: Path, config: TrainingConfig) -> None:
    """Writes down with which config the folder's training began.

    Raises ConfigError where it holds a training that began with another one: what differs in the intervals of
    checkpoints, logs and validation, or in what is validated on, does not count.
    """
    file, decisive = folder / CONFIG, config.decisive()
    begun = (folder / CHECKPOINT).exists() or (folder / NETWORK).exists()
    if begun and file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        other = sorted(key for key in decisive if before.get(key) != decisive[key])
        if other:
            raise ConfigError(
                f"{folder} holds a training with another {', '.join(other)}; give this config another "
                "folder, or delete that one"
            )
    file.write_text(json.dumps(decisive, indent=2), encoding="utf-8")
