"""The cache of the weights mends itself, whatever lies in the places of its files."""

from __future__ import annotations

import os
import random
import shutil
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from attention_mesh.models.weights import MODELS, ModelStore, WeightsError, cache
from attention_mesh.models.weights.cache import locked
from attention_mesh.models.weights.model_store import WHEEL_VARIABLE
from attention_mesh.tools.fuzz import weights_cache as fuzz

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links")

FILES = [entry for entry in fuzz.ENTRIES if not entry.endswith("folder")]


@pytest.fixture(scope="module")
def template(
    tmp_path_factory: pytest.TempPathFactory, official_weights: dict[str, Path]
) -> tuple[Path, dict[str, Path]]:
    """A folder with a whole wheel and a cache, and the entries of the cache."""
    outer = tmp_path_factory.mktemp("cache")
    files = {MODELS[name].member: path.read_bytes() for name, path in official_weights.items()}
    fuzz.make_wheel(outer / fuzz.WHOLE_WHEEL, files)
    return outer, fuzz.make_cache(outer / "template", files)


@pytest.mark.parametrize("entries", [FILES, ["official folder"], ["converted folder"]], ids=lambda e: e[0])
@pytest.mark.parametrize("how", fuzz.DAMAGES)
def test_the_cache_mends_itself(template, tmp_path, monkeypatch, entries, how):
    outer, paths = template
    monkeypatch.delenv(WHEEL_VARIABLE, raising=False)
    folder = tmp_path / "cache"
    shutil.copytree(outer / "template", folder)
    os.link(outer / fuzz.WHOLE_WHEEL, folder / fuzz.WHOLE_WHEEL)
    for entry in entries:
        fuzz.damage(folder / paths[entry].relative_to(outer / "template"), how, random.Random(1))
    whole = {entry: path.read_bytes() for entry, path in paths.items() if path.is_file()}
    assert fuzz.ask(folder, whole) == ""


def test_a_damaged_wheel_of_any_kind_is_our_error(template, tmp_path, monkeypatch):
    outer, _ = template
    generator = random.Random(1)
    content = fuzz.make_wheel(tmp_path / "small.whl", dict.fromkeys(_members(), b"no model")).read_bytes()
    wheel = tmp_path / "odd.whl"
    monkeypatch.setenv(WHEEL_VARIABLE, str(wheel))
    for _ in range(200):
        odd = bytearray(content)
        for _ in range(generator.randint(1, 8)):
            odd[generator.randrange(len(odd))] = generator.randrange(256)
        wheel.write_bytes(odd)
        with pytest.raises(WeightsError, match="odd.whl"):
            ModelStore(tmp_path / "cache").path(fuzz.NAME)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_wheel_whose_files_are_too_large_is_refused_before_they_are_in_memory(
    tmp_path, monkeypatch, method
):
    wheel = tmp_path / "large.whl"
    with zipfile.ZipFile(wheel, "w", method) as archive:
        for member in _members():
            archive.writestr(member, bytes(50_000_000) if member.endswith("short_range.tflite") else b"")
    monkeypatch.setenv(WHEEL_VARIABLE, str(wheel))
    with pytest.raises(WeightsError, match=r"large.whl is not a whole wheel .* has more than \d+ bytes"):
        ModelStore(tmp_path / "cache").path(fuzz.NAME)


def _members() -> list[str]:
    return [model.member for model in MODELS.values()]


def test_a_wait_for_the_lock_is_told_once_and_ends(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(cache, "_SILENT_S", 0.1)
    held, end = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(tmp_path):
            held.set()
            end.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    threading.Timer(0.4, end.set).start()
    with locked(tmp_path):
        pass
    thread.join()
    told = capfd.readouterr().err
    assert told.count("waiting for another program that prepares files in") == 1 and str(tmp_path) in told


def test_a_short_wait_for_the_lock_is_silent(tmp_path, capfd):
    with locked(tmp_path):
        pass
    assert capfd.readouterr().err == ""


def test_a_cache_folder_that_the_user_made_a_file_is_left_alone(tmp_path):
    (tmp_path / "cache").write_text("mine")
    with pytest.raises(WeightsError, match="cannot be used"):
        ModelStore(tmp_path / "cache").path(fuzz.NAME)
    assert (tmp_path / "cache").read_text() == "mine"
