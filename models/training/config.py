"""One training run, described by one TOML file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from attention_mesh.models.attention_mesh.preset import Preset
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.config_error import ConfigError
from attention_mesh.models.training.losses import LossWeights

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NETWORKS = ("attention", "cascade", "mesh")


@dataclass(frozen=True)
class DataConfig:
    """A set of pictures. folder: of the pictures. labels: their .npz, by default labels.npz in the folder.
    share: how often it is drawn from, against the other sets."""

    folder: str
    labels: str = ""
    share: float = 1.0


@dataclass(frozen=True)
class TrainingConfig:
    """What is trained on what, how long.

    network: "attention", "cascade" or "mesh". preset: a name of presets.json; sizes: what differs from it, by
    the names of `Preset`. theta: see `AttentionMesh`.
    start: a network to go on from, "official", "open" or a .keras file; random weights without.
    data, validation: sets of pictures; those for validation are cropped without augmentation.
    batch_size: pictures a step. ideal_steps, own_steps: lengths of the two phases.
    learning_rate: the highest, reached after `warmup_steps` and falling to 0 on a cosine.
    average: momentum of the running mean of the weights that the run ends with.
    crop_jitter: of the first phase, see `Trainee`. checkpoint_steps, log_steps, validation_steps: intervals;
    validation_steps 0 validates at the end alone. seed: of everything random.
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
        """Relative folders count from the file's own. Raises ConfigError, which names file and key."""
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"cannot read the config {file}: {error}") from error
        config = _made(cls, document, str(file), "")
        config._check(str(file))
        return config

    def sized_preset(self) -> Preset:
        """The preset with the sizes that differ. Raises ConfigError for one that is unknown or does not
        fit."""
        try:
            return Preset(**{**Preset.named(self.preset).as_dict(), **self.sizes})
        except (TypeError, ValueError) as error:
            raise ConfigError(f"preset {self.preset!r} with sizes {self.sizes}: {error}") from error

    def _check(self, where: str) -> None:
        if self.network not in NETWORKS:
            raise ConfigError(f"{where}: network is {self.network!r}; expected one of {', '.join(NETWORKS)}")
        try:
            self.sized_preset()
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from error
        if not self.data:
            raise ConfigError(f"{where}: there is no [[data]]; expected a set of pictures or more")
        for name in ("batch_size", "checkpoint_steps", "log_steps"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{where}: {name} is {getattr(self, name)}; expected 1 or more")
        if min(self.ideal_steps, self.own_steps) < 0 or self.steps < 1:
            raise ConfigError(
                f"{where}: ideal_steps and own_steps are not a training; expected 0 or more each"
            )


def _made(kind: type, document: Any, file: str, place: str) -> Any:
    """A dataclass out of a TOML table, its fields' types checked."""
    if not isinstance(document, Mapping):
        raise ConfigError(f"{file}: {place or 'the file'} is {document!r}; expected a table")
    hints = get_type_hints(kind)
    known = {entry.name for entry in fields(kind)}
    values = {}
    for key, value in document.items():
        here = f"{place}{key}"
        if key not in known:
            raise ConfigError(f"{file}: unknown key {here}; known are {', '.join(sorted(known))}")
        expected = hints[key]
        if is_dataclass(expected):
            values[key] = _made(expected, value, file, f"{here}.")
        elif expected == tuple[DataConfig, ...]:
            if not isinstance(value, list):
                raise ConfigError(f"{file}: {here} is {value!r}; expected tables [[{here}]]")
            values[key] = tuple(_made(DataConfig, entry, file, f"{here}.") for entry in value)
        else:
            number = expected is float and isinstance(value, int) and not isinstance(value, bool)
            if not number and type(value) is not expected:
                raise ConfigError(f"{file}: {here} is {value!r}; expected {expected.__name__}")
            values[key] = expected(value)
    try:
        return kind(**values)
    except TypeError as error:
        raise ConfigError(f"{file}: {place or 'the file'} is incomplete: {error}") from error
