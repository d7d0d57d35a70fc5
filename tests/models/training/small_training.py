"""A training that takes seconds."""

from pathlib import Path

_SMALL = """
batch_size = 8
warmup_steps = 2
log_steps = 1
[sizes]
input_size = 64
widths = [4, 8, 8]
crop_size = 8
region_widths = [8, 8, 8]
neck_width = 8
"""


def config_file(folder: Path, faces: Path, top: str, data: str = "") -> Path:
    """A config for `TrainingConfig.read`: TOML keys `top`, pictures of `faces`, tables `data`."""
    file = folder / "run.toml"
    text = f'{top}\n{_SMALL}\n[[data]]\nfolder = "{faces.as_posix()}"\n{data}'
    file.write_text(text, encoding="utf-8")
    return file
