"""Training config: a file is read, and an error names the wrong key or value."""

from pathlib import Path

import pytest

from attention_mesh.models.errors import ConfigError
from attention_mesh.models.training.config import TrainingConfig


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
        ("network = ", "cannot read the config"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="gone.toml"):
        TrainingConfig.read(tmp_path / "gone.toml")
