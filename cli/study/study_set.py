"""A study's folder: its images, and the key that says which of them are real."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from attention_mesh.cli.errors import StudyError
from attention_mesh.limits import read_file, read_text_file

Kind = Literal["real", "ar"]
"""What an image is, and what a person takes it for."""
KINDS: tuple[Kind, ...] = get_args(Kind)

KEY_FILE = "key.json"
ANSWERS_FILE = "answers.sqlite3"
IMAGES_FOLDER = "images"
_VERSION = 1
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class StudyImage:
    """An image of a study.

    Attributes:
      name: 32 hexadecimal digits that tell nothing; the file is images/<name>.jpg.
      kind: "real" or "ar".
      look: the look of AR makeup; None for real makeup.
      person: the person or group that the photo shows.
      source: the photo's file.
    """

    name: str
    kind: Kind
    look: str | None
    person: str
    source: str


@dataclass(frozen=True)
class StudySet:
    """The images of a study and what is known about them; `key.json` holds it.

    Nothing of it but the images' names may reach the page.

    Attributes:
      seed: decides the choice of photos, the images' names and the order in which each person sees them.
      size: width and height of every image in pixels.
      quality: of their JPEG compression, 1 to 100.
      made_with: version of this package.
      images: in the order of their names.
    """

    seed: int
    size: int
    quality: int
    made_with: str
    images: tuple[StudyImage, ...]

    @property
    def name(self) -> str:
        """16 hexadecimal digits that tell this study from others, but not its seed."""
        return _digits(f"{self.seed} study", *(image.name for image in self.images))[:16]

    def order(self, participant: str) -> list[str]:
        """The names of all images, in the order in which a participant sees them.

        Args:
          participant: their number.
        """
        return sorted(
            (image.name for image in self.images),
            key=lambda name: _digits(f"{self.seed} order", participant, name),
        )

    def image_file(self, folder: Path, name: str) -> Path:
        """The file of an image."""
        return folder / IMAGES_FOLDER / f"{name}.jpg"

    def to_json(self) -> str:
        """The text of `key.json`."""
        return json.dumps({"version": _VERSION, **asdict(self)}, indent=1) + "\n"


def image_name(seed: int, kind: Kind, source: str) -> str:
    """The name of the image that a photo becomes."""
    return _digits(f"{seed} image", kind, source)


def load_study(folder: Path) -> StudySet:
    """Reads the key of a study.

    Args:
      folder: what `study make` wrote.

    Raises:
      StudyError: there is no study, or its key is damaged.
    """
    file = folder / KEY_FILE
    try:
        text = read_text_file(file)
    except FileNotFoundError:
        raise StudyError(
            f"{folder}: no study is here ({KEY_FILE} is missing); `attention-mesh study make` makes one"
        ) from None
    except UnicodeDecodeError:
        raise StudyError(f"{file}: this is no UTF-8 text") from None
    except OSError as error:
        raise StudyError(f"{file}: {error.strerror or error}") from None
    try:
        return _study(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{file}: the key is damaged: {error}") from None


def image_bytes(folder: Path, study: StudySet) -> dict[str, bytes]:
    """The content of every image by its name.

    Raises:
      StudyError: a file is missing or unreadable.
    """
    content = {}
    for image in study.images:
        file = study.image_file(folder, image.name)
        try:
            content[image.name] = read_file(file)
        except OSError as error:
            raise StudyError(f"{file}: {error.strerror or error}") from None
    return content


def _study(document: Any) -> StudySet:
    """The set that a key describes. Raises ValueError for a wrong one."""
    version = _field(document, "version", int)
    if version != _VERSION:
        raise ValueError(f"its version is {version}, expected {_VERSION}")
    images = tuple(_image(entry) for entry in _field(document, "images", list))
    if len({image.name for image in images}) < len(images):
        raise ValueError("two images have one name")
    if not images:
        raise ValueError("it has no images")
    return StudySet(
        _field(document, "seed", int),
        _field(document, "size", int),
        _field(document, "quality", int),
        _field(document, "made_with", str),
        images,
    )


def _image(entry: Any) -> StudyImage:
    name, kind = _field(entry, "name", str), _field(entry, "kind", str)
    if not _NAME.fullmatch(name):
        raise ValueError(f'an image is called "{name}", expected 32 hexadecimal digits')
    if kind not in KINDS:
        raise ValueError(f'image {name} is "{kind}", expected one of {", ".join(KINDS)}')
    look = None if kind == "real" else _field(entry, "look", str)
    return StudyImage(name, kind, look, _field(entry, "person", str), _field(entry, "source", str))


def _field(document: Any, name: str, kind: type) -> Any:
    if not isinstance(document, dict) or type(document.get(name)) is not kind:
        raise ValueError(f'"{name}" is absent or wrong, expected {kind.__name__}')
    return document[name]


def _digits(*parts: str) -> str:
    """32 hexadecimal digits that follow from texts, the same on every system and in every version."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
