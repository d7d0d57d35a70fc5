"""A training's figures for TensorBoard, while it runs."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path


class EventWriter:
    """Writes event files where tensorboardX is installed, which the extra `tensorboard` brings; else nothing.

    folder: of the files. step: how far the training is; what an earlier, killed run wrote of later steps is
    not shown any more.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._writer = None
        if importlib.util.find_spec("tensorboardX") is not None:
            from tensorboardX import SummaryWriter

            self._writer = SummaryWriter(str(folder), purge_step=step + 1)

    def write(self, step: int, figures: Mapping[str, float]) -> None:
        for name, value in figures.items():
            if self._writer is not None:
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
