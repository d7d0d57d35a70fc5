"""Run check: what is wrong with a run is said at once, before Keras is imported, which takes seconds."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.network_name import NAMED_NETWORKS, check_network_name
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.run_folder import check_folder
from attention_mesh.models.training.training_sets import training_sets


def check_run(config: TrainingConfig, folder: Path, base: Path) -> None:
    """Checks the folder of a run, its pictures and the network that it starts from.

    Args:
        config: the run.
        folder: for the files of the run.
        base: folder that relative paths in the config start from.

    Raises:
        ConfigError: the folder is a file or holds another training.
        DatasetError: as `training_sets`.
        NetworkError: there is no network `start`.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file; expected a folder for the files of the training")
    check_folder(folder, config)
    training_sets(config, base)
    if config.start:
        check_network_name(start_name(config.start, base))


def start_name(start: str, base: Path) -> str:
    """`start` of a config as `load_network` takes it: a file's path starts from `base`."""
    return start if start in NAMED_NETWORKS else str(base / start)
