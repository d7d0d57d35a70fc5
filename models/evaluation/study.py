"""Study: the networks of Table 2, the paper's three and two ablations, each trained from several seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.training.config import TrainingConfig
from attention_mesh.models.training.labeled_faces import LABELS
from attention_mesh.models.training.read_toml import read_toml

# The changes of each run to the study's config. The cascade's mesh network learns the same as a mesh network
# alone, so that one run gives both rows.
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
    """A set of pictures to measure errors on.

    Attributes:
        name: heading in the table.
        folder, labels: as in `DataConfig`.
    """

    name: str
    folder: str
    labels: str = ""

    def files(self, base: Path) -> tuple[Path, Path]:
        """The folder and the labels file; relative paths start from `base`."""
        folder = base / self.folder
        return folder, base / self.labels if self.labels else folder / LABELS


@dataclass(frozen=True)
class Study:
    """Trainings that differ in variant and seed.

    Attributes:
        training: the config that all runs share.
        test: the sets to measure errors on.
        seeds: each variant is trained once per seed.
        drawn: sets whose faces the report shows.
    """

    training: TrainingConfig
    test: tuple[TestSet, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    drawn: tuple[TestSet, ...] = ()

    @classmethod
    def read(cls, file: Path) -> Study:
        """Reads a TOML file.

        Raises:
            ConfigError: names the file and the key that is wrong.
        """
        study = read_toml(cls, file)
        study.training.check(f"{file}: training")
        for name in ("test", "seeds"):
            if not getattr(study, name):
                raise ConfigError(f"{file}: {name} is empty; expected at least one")
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
