"""Training config: one training run, described by one TOML file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.preset import Preset
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.loss_weights import LossWeights
from attention_mesh.models.training.read_toml import read_toml

FIRST_RUN = Path(__file__).with_name("first_run.toml")  # a config with all keys and comments, to begin with
NETWORKS = ("attention", "cascade", "mesh")


@dataclass(frozen=True)
class DataConfig:
    """A set of pictures.

    Attributes:
        folder: of the pictures.
        labels: their .npz file, by default labels.npz in the folder.
        share: how often samples come from this set, relative to the other sets.
        held_out: the fraction of the pictures that errors are measured on, and that the network never learns
            from. Their names decide which.
    """

    folder: str
    labels: str = ""
    share: float = 1.0
    held_out: float = 0.0


@dataclass(frozen=True)
class TrainingConfig:
    """One training run: network, data, phases, optimizer, intervals.

    Attributes:
        data: sets of pictures to learn from.
        validation: further sets of pictures to measure errors on, cropped without augmentation.
        network: "attention", "cascade" or "mesh".
        preset: a name of presets.json.
        sizes: the sizes that differ from the preset, by the names of `Preset`.
        theta: see `AttentionMesh`.
        start: the network that the run starts from, "official", "open" or a .keras file; random weights if
            empty.
        batch_size: pictures per step.
        ideal_steps, own_steps: lengths of the two phases.
        learning_rate: the highest, reached after `warmup_steps`; then it falls to 0 on a cosine.
        warmup_steps: steps in which the learning rate rises.
        average: momentum of the running mean of the weights, which the run returns; lower in a short run, so
            that few of the first weights remain in the mean.
        crop_jitter: jitter of the first phase, see `LandmarkTrainer`.
        checkpoint_steps, log_steps, validation_steps: intervals; validation_steps 0 validates only before the
            first step and at the end.
        seed: of everything random.
        loss: how much each part of the loss counts.
        augmentation: ranges of the random changes of pictures.
    """

    data: tuple[DataConfig, ...]
    validation: tuple[DataConfig, ...] = ()
    network: str = "attention"
    preset: str = "released"
    sizes: dict = field(default_factory=dict)
    theta: str = "mesh"
    start: str = ""
    batch_size: int = 32
    ideal_steps: int = 6000
    own_steps: int = 3000
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    average: float = 0.998
    crop_jitter: float = 0.05
    checkpoint_steps: int = 500
    log_steps: int = 50
    validation_steps: int = 0
    seed: int = 0
    loss: LossWeights = field(default_factory=LossWeights)
    augmentation: Augmentation = field(default_factory=Augmentation)

    @property
    def steps(self) -> int:
        return self.ideal_steps + self.own_steps

    @classmethod
    def read(cls, file: Path) -> TrainingConfig:
        """Reads a TOML file.

        Raises:
            ConfigError: names the file and the key that is wrong.
        """
        config = read_toml(cls, file)
        config.check(str(file))
        return config

    def decisive(self) -> dict:
        """The values that influence the trained network, as JSON values."""
        values = asdict(self)
        for name in ("validation", "checkpoint_steps", "log_steps", "validation_steps"):
            del values[name]
        return json.loads(json.dumps(values))

    def sized_preset(self) -> Preset:
        """The preset with the sizes of this config.

        Raises:
            ConfigError: a size is unknown or does not fit.
        """
        try:
            return Preset(**{**Preset.named(self.preset).as_dict(), **self.sizes})
        except (TypeError, ValueError) as error:
            raise ConfigError(f"preset {self.preset!r} with sizes {self.sizes}: {error}") from error

    def check(self, where: str) -> None:
        """Raises ConfigError, whose text begins with `where`, if a value is out of range."""
        if self.network not in NETWORKS:
            raise ConfigError(f"{where}: network is {self.network!r}; expected one of {', '.join(NETWORKS)}")
        try:
            self.sized_preset()
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from error
        if not self.data:
            raise ConfigError(f"{where}: there is no [[data]]; expected at least one set of pictures")
        for number, entry in enumerate(self.data, 1):
            if not entry.share > 0:
                raise ConfigError(
                    f"{where}: share of [[data]] {number} is {entry.share}; expected more than 0"
                )
            if not 0 <= entry.held_out < 1:
                raise ConfigError(
                    f"{where}: held_out of [[data]] {number} is {entry.held_out}; expected 0 or more, below 1"
                )
        for entry in self.validation:
            if entry.held_out or entry.share != 1:
                raise ConfigError(
                    f"{where}: share and held_out are for [[data]]; all pictures of [[validation]] count"
                )
        for name in ("batch_size", "checkpoint_steps", "log_steps"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{where}: {name} is {getattr(self, name)}; expected 1 or more")
        if min(self.ideal_steps, self.own_steps) < 0 or self.steps < 1:
            raise ConfigError(
                f"{where}: ideal_steps and own_steps give no training; expected 0 or more each, 1 or more in "
                "total"
            )
