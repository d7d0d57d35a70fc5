"""Training config: a file is read, and an error names the wrong key or value."""

import re
import sys
from dataclasses import is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.config import FIRST_RUN, TrainingConfig
from attention_mesh.models.training.loss_weights import LossWeights

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read(tmp_path: Path, text: str) -> TrainingConfig:
    file = tmp_path / "run.toml"
    file.write_text(text, encoding="utf-8")
    return TrainingConfig.read(file)


def test_everything_can_be_set(tmp_path):
    config = read(
        tmp_path,
        """
        network = "cascade"
        preset = "paper"
        learning_rate = 1
        ideal_steps = 5
        own_steps = 7
        [loss]
        z = 0.5
        [augmentation]
        flip = 0.0
        [[data]]
        folder = "faces"
        [[data]]
        folder = "photos"
        labels = "photos.npz"
        share = 0.5
        """,
    )
    assert config.network == "cascade" and config.learning_rate == 1.0 and config.steps == 12
    assert config.loss.z == 0.5 and config.loss.contours == 3.0 and config.augmentation.flip == 0.0
    assert [entry.folder for entry in config.data] == ["faces", "photos"]
    assert config.data[1].share == 0.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("network = 'attention'", "incomplete.*data"),
        ("nettwork = 'attention'", r"unknown key nettwork; did you mean network\? Known are .*seed"),
        ("network = 'transformer'\n[[data]]\nfolder = 'x'", "expected one of attention, cascade, mesh"),
        ("batch_size = 'many'\n[[data]]\nfolder = 'x'", "batch_size is 'many'; expected int"),
        ("batch_size = 0\n[[data]]\nfolder = 'x'", "batch_size is 0; expected 1 or more"),
        ("batch_size = true\n[[data]]\nfolder = 'x'", "batch_size is True; expected int"),
        ("[loss]\nq = 1\n[[data]]\nfolder = 'x'", "unknown key loss.q"),
        ("[data]\nfolder = 'x'", r"expected tables \[\[data\]\]"),
        ("data = []", r"there is no \[\[data\]\]"),
        ("ideal_steps = 0\nown_steps = 0\n[[data]]\nfolder = 'x'", "give no training"),
        ("[[data]]\nfolder = 'x'\nheld_out = 1.0", r"held_out of \[\[data\]\] 1 is 1.0"),
        ("[[data]]\nfolder = 'x'\nshare = 0", r"share of \[\[data\]\] 1 is 0.0"),
        ("data = [{folder = 'x'}]\nvalidation = [{folder = 'y', held_out = 0.1}]", "are for"),
        ("network = ", "cannot read the config"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="gone.toml"):
        TrainingConfig.read(tmp_path / "gone.toml")


def named_keys(kind: type, prefix: str = "") -> set[str]:
    """The keys of a config's table and of the tables in it, except sizes."""
    keys = set()
    for name, hint in get_type_hints(kind).items():
        inner = get_args(hint)[0] if get_args(hint) else hint
        keys |= named_keys(inner, f"{name}.") if is_dataclass(inner) else {prefix + name}
    return keys


def test_the_first_config_names_every_key_with_its_default(tmp_path):
    """Commented keys count once their mark is taken away; together they are a config."""
    text = re.sub(r"^# (?=\[|\w+ = )", "", FIRST_RUN.read_text(encoding="utf-8"), flags=re.MULTILINE)
    document = tomllib.loads(text)
    found = set()
    for key, value in document.items():
        tables = value if isinstance(value, list) else [value]
        found |= {f"{key}.{name}" for table in tables if isinstance(table, dict) for name in table} or {key}
    assert found == named_keys(TrainingConfig) - {"sizes", "validation.share", "validation.held_out"} | {
        "sizes.input_size"
    }
    for kind, table in ((LossWeights, "loss"), (Augmentation, "augmentation")):
        assert kind(**document[table]) == kind()
    commented = re.findall(
        r"^# (\w+) = ", FIRST_RUN.read_text("utf-8").partition("[[data]]")[0], re.MULTILINE
    )
    for key in commented:
        assert document[key] == getattr(TrainingConfig(data=()), key), key
