"""What Table 2 compares: the paper's three networks and two ablations, each trained from several seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.labeled_faces import LABELS
from attention_mesh.models.training.read_toml import read_toml

# How the config of each run differs from the study's. The cascade's mesh network learns what the mesh alone
# would learn, so its run gives both rows.
VARIANTS: dict[str, Callable[[TrainingConfig], TrainingConfig]] = {
    "cascade": lambda config: replace(config, network="cascade", theta="mesh"),
    "attention": lambda config: replace(config, network="attention", theta="mesh"),
    "predicted": lambda config: replace(config, network="attention", theta="predicted"),
    "phase1": lambda config: replace(
        config, network="attention", theta="mesh", ideal_steps=config.steps, own_steps=0
    ),
}


@dataclass(frozen=True)
class TestSet:
    """A set of pictures. name: as the table has it. folder, labels: as `DataConfig` has them."""

    name: str
    folder: str
    labels: str = ""

    def files(self, base: Path) -> tuple[Path, Path]:
        """Its folder and its labels; base: what relative paths count from."""
        folder = base / self.folder
        return folder, base / self.labels if self.labels else folder / LABELS


@dataclass(frozen=True)
class Study:
    """training: what all runs share. test: what errors are measured on. seeds: one run of each variant for
    each. drawn: sets whose faces the report shows.
    """

    training: TrainingConfig
    test: tuple[TestSet, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    drawn: tuple[TestSet, ...] = ()

    @classmethod
    def read(cls, file: Path) -> Study:
        """Of a TOML file; relative folders count from it. Raises ConfigError, which names file and key."""
        study = read_toml(cls, file)
        study.training.check(f"{file}: training")
        for name in ("test", "seeds"):
            if not getattr(study, name):
                raise ConfigError(f"{file}: {name} is empty; expected one or more")
        return study

    def runs(self) -> dict[str, TrainingConfig]:
        """Configs by the name of the run's folder: variant and seed."""
        return {
            run_name(variant, seed): replace(change(self.training), seed=seed)
            for seed in self.seeds
            for variant, change in VARIANTS.items()
        }


def run_name(variant: str, seed: int) -> str:
    return f"{variant}-{seed}"
