"""Study check: what is wrong with a study is said at once, before Keras is imported, which takes seconds."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.evaluation.study import Study
from attention_mesh.models.training.check_run import check_run
from attention_mesh.models.training.config import DataConfig
from attention_mesh.models.training.training_sets import open_set


def check_study(study: Study, folder: Path, base: Path) -> None:
    """Checks the runs of a study, and the pictures that it tests and draws.

    Args:
        study: the study.
        folder: of the trained networks.
        base: folder that relative paths of the study start from.

    Raises:
        ConfigError, DatasetError, NetworkError: as `check_run`.
    """
    for test in (*study.test, *study.drawn):
        open_set(DataConfig(test.folder, test.labels), base)
    for name, config in study.runs().items():
        check_run(config, folder / name, base)
