"""Fixtures of the study's tests: photos of people, and a study made of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app


class PhotoFolders(NamedTuple):
    """Photos with real makeup and without, as `study make` takes them."""

    real: Path
    bare: Path


def write(file: Path, image: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(file), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))


@pytest.fixture(scope="session")
def people(astronaut, tmp_path_factory) -> PhotoFolders:
    """Three real and four bare photos that can be shown, of anna, berta and carla, and photos that cannot."""
    folders = PhotoFolders(*(tmp_path_factory.mktemp("people") / side for side in ("real", "bare")))

    def darker(share: float) -> np.ndarray:
        return (astronaut * share).astype(np.uint8)

    write(folders.real / "anna.png", darker(0.98))
    write(folders.real / "berta" / "1.jpg", darker(0.96)[:, ::-1])
    write(folders.real / "eva.png", darker(0.94))
    write(folders.bare / "anna" / "a.png", darker(0.92))
    write(folders.bare / "anna" / "b.png", darker(0.9)[:, ::-1])
    write(folders.bare / "berta.webp", darker(0.88))
    write(folders.bare / "dora.png", darker(0.86))
    write(folders.bare / "small.png", cv2.resize(astronaut, (200, 200), interpolation=cv2.INTER_AREA))
    write(folders.bare / "nobody.png", np.full((300, 300, 3), 90, np.uint8))
    write(folders.bare / "same.png", darker(0.98))
    write(folders.bare / "twins.png", np.hstack([darker(0.84)[:, 160:285]] * 2))
    (folders.bare / "notes.txt").write_text("no photo", encoding="utf-8")
    return folders


def study(*arguments: object) -> tuple[int, str]:
    """Runs `attention-mesh study` in this process; returns the exit code and the output."""
    result = CliRunner().invoke(app, ["study", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="session")
def run_study():
    """The function `study`."""
    return study


class MadeStudy(NamedTuple):
    """A study's folder, and what `study make` printed."""

    folder: Path
    text: str


@pytest.fixture(scope="session")
def made(people, tmp_path_factory) -> MadeStudy:
    """A study of six images, 160 px wide, in two looks. Tests do not write to it."""
    folder = tmp_path_factory.mktemp("study") / "lips"
    code, text = study(
        *("make", "--real", people.real, "--bare", people.bare, "--looks", "red_matte, plum_matte"),
        *("--size", 160, "--quality", 85, "--seed", 7, "--output", folder),
    )
    assert code == 0, text
    return MadeStudy(folder, text)
