"""Photos for a study: found in folders, each with its person, and checked for a face that can be shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from attention_mesh.cli.errors import StudyError, UsageError
from attention_mesh.media.errors import MediaError

if TYPE_CHECKING:
    import numpy as np

    from attention_mesh.cli.study.face_finder import FaceFinder


@dataclass(frozen=True)
class PhotoFile:
    """A photo that may become an image of a study.

    Attributes:
      file: where it lies.
      source: its name below the folder that was given, with slashes.
      person: who is in it.
    """

    file: Path
    source: str
    person: str


@dataclass(frozen=True, eq=False)
class Portrait:
    """A photo whose face can be shown.

    Attributes:
      photo: the photo.
      landmarks_px: (478, 3) float32, the face in the photo.
      square: left, top and side in pixels of the part that is shown.
    """

    photo: PhotoFile
    landmarks_px: np.ndarray
    square: tuple[int, int, int]


@dataclass
class Portraits:
    """What the photos of one side gave.

    Attributes:
      good: the photos that can be shown.
      problems: why others cannot, each text with the file's name.
      unreadable: how many of the problems are files that cannot be read.
    """

    good: list[Portrait] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unreadable: int = 0


def photo_files_of_people(folder: Path, flag: str) -> list[PhotoFile]:
    """The photos in a folder and in the folders directly inside it.

    The person in a photo is the folder inside, or for a photo that lies directly in `folder` its name without
    the suffix. So `real/anna.jpg`, `bare/anna.png` and `bare/anna/2.jpg` show one person.

    Args:
      folder: where to look.
      flag: the option that names it, for errors.

    Raises:
      UsageError: there is no such folder, or it has no photo.
    """
    from attention_mesh.media.image_format import photos_in

    try:
        inside = sorted(
            entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")
        )
        photos = [PhotoFile(file, file.name, file.stem) for file in photos_in(folder)]
        for person in inside:
            photos += [
                PhotoFile(file, f"{person.name}/{file.name}", person.name) for file in photos_in(person)
            ]
    except FileNotFoundError:
        raise UsageError(f"{flag} {folder}: there is no such folder") from None
    except NotADirectoryError:
        raise UsageError(f"{flag} {folder}: this is a file; give the folder of the photos") from None
    except OSError as error:
        raise UsageError(f"{flag} {error.filename or folder}: {error.strerror or error}") from None
    if not photos:
        raise UsageError(f"{flag} {folder}: there are no photos here, nor in the folders directly inside")
    return sorted(photos, key=lambda photo: photo.source)


def find_portraits(
    photos: Iterable[PhotoFile],
    finder: FaceFinder,
    least_px: int,
    seen: dict[str, Path],
    check: Callable[[np.ndarray, np.ndarray], object] | None = None,
    progress: Callable[[], object] = lambda: None,
) -> Portraits:
    """Looks for the face in each photo. A photo that cannot be shown becomes a problem.

    Args:
      photos: what to look at.
      finder: finds the face in each.
      least_px: least side of the square around a face.
      seen: digest of the pixels → file, of the photos so far; this call adds its own. The same picture a
        second time is a problem, because people would recognize it.
      check: called with the square, (S, S, 3) uint8 RGB, and the face's (478, 3) landmarks in its pixels; it
        raises StudyError for a photo that cannot be shown.
      progress: called after each photo.
    """
    found = Portraits()
    for photo in photos:
        try:
            found.good.append(_portrait(photo, finder, least_px, seen, check))
        except MediaError as error:  # names the file
            found.problems.append(str(error))
            found.unreadable += 1
        except StudyError as error:
            found.problems.append(f"{photo.file}: {error}")
        progress()
    return found


def _portrait(
    photo: PhotoFile,
    finder: FaceFinder,
    least_px: int,
    seen: dict[str, Path],
    check: Callable[[np.ndarray, np.ndarray], object] | None,
) -> Portrait:
    import numpy as np

    from attention_mesh.media.image_file import read_image

    image = read_image(photo.file)
    digest = hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()
    first = seen.setdefault(digest, photo.file)
    if first != photo.file:
        raise StudyError(f"this is the same picture as {first}")
    face, square = finder.find(image)
    left, top, side = square
    if side < least_px:
        raise StudyError(
            f"the photo is too small: the part around the face has {side} px, expected {least_px} or more "
            "(--size)"
        )
    if check is not None:
        part = np.ascontiguousarray(image[top : top + side, left : left + side])
        check(part, face - np.array([left, top, 0], np.float32))
    return Portrait(photo, face, square)
