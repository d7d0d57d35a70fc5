"""Makes a study's set from photos: chooses, paints, cuts out, compresses and writes them with their key."""

from __future__ import annotations

import contextlib
import functools
import os
import random
import shutil
import statistics
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.cli.errors import StudyError, UsageError
from attention_mesh.cli.study.balance import balance
from attention_mesh.cli.study.portrait import portrait_jpeg
from attention_mesh.cli.study.study_photos import PhotoFile, Portrait, find_portraits
from attention_mesh.cli.study.study_set import (
    ANSWERS_FILE,
    IMAGES_FOLDER,
    KEY_FILE,
    Kind,
    StudyImage,
    StudySet,
    image_name,
)

if TYPE_CHECKING:
    from attention_mesh.python_bindings.landmarker.makeup import Makeup

_LEAST_PAINTED = 0.5  # of the lips; where less is painted, something covers them
_MOST_NAMED = 20  # photos in an error
_FILE_TIME_S = 946684800  # of every image, 2000-01-01: when a file was written could tell its kind


@dataclass(frozen=True)
class StudyOptions:
    """How a set is made.

    Attributes:
      size: width and height of the images in pixels.
      quality: of their JPEG compression, 1 to 100.
      count: how many images, real and AR together; None for as many as the photos give.
      seed: decides choice, names and orders.
    """

    size: int = 640
    quality: int = 92
    count: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class MadeStudy:
    """What was made.

    Attributes:
      study: the set.
      pairs: how many pairs of a real and an AR image show the same person.
      left_out: how many good photos balance left out.
      problems: why other photos cannot be shown, each text with the file's name.
      unreadable: how many of the problems are files that cannot be read.
      sides_px: median side of the squares that were cut out of photos with real makeup and without, pixels.
    """

    study: StudySet
    pairs: int
    left_out: int
    problems: tuple[str, ...]
    unreadable: int
    sides_px: tuple[float, float]

    @property
    def looks(self) -> dict[str, int]:
        """Look → number of AR images that wear it."""
        return dict(Counter(image.look for image in self.study.images if image.look is not None))


def make_study(
    real: Sequence[PhotoFile],
    bare: Sequence[PhotoFile],
    looks: dict[str, Makeup],
    options: StudyOptions,
    folder: Path,
    progress: Callable[[int], object] = lambda done: None,
) -> MadeStudy:
    """Writes a set to a folder that does not exist yet or is replaced.

    Either the whole set is there afterwards, or the folder is as it was. A photo without makeup is shown
    once, in one look: twice the same picture in other colors would tell that a computer painted it.

    Args:
      real: photos of people with real makeup.
      bare: photos of people without makeup.
      looks: name → its makeup; they are spread evenly over the AR images.
      options: how.
      folder: for the images and the key.
      progress: called with the number of photos looked at.

    Raises:
      StudyError: too few photos can be shown; the text counts them.
      OSError: the folder cannot be written.
    """
    import attention_mesh
    from attention_mesh.cli.study.face_finder import FaceFinder

    seen: dict[str, Path] = {}
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done)

    with_lips = sorted(looks.values(), key=lambda makeup: makeup.look.lipstick is None)
    with FaceFinder() as finder:
        sides = [
            find_portraits(photos, finder, options.size, seen, check, one_more)
            for photos, check in ((real, None), (bare, functools.partial(_check_lips, with_lips[0])))
        ]
    with_makeup, without = (side.good for side in sides)
    problems = tuple(problem for side in sides for problem in side.problems)
    per_kind = min(len(with_makeup), len(without))
    if options.count is not None:
        per_kind, available = options.count // 2, per_kind
        if per_kind > available:
            raise StudyError(_too_few(options.count, len(with_makeup), len(without), problems))
    if not per_kind:
        raise StudyError(_too_few(2, len(with_makeup), len(without), problems))
    chance = random.Random(options.seed)
    chosen = balance(
        [portrait.photo.person for portrait in with_makeup],
        [portrait.photo.person for portrait in without],
        per_kind,
        chance,
    )
    names = list(looks)
    chance.shuffle(names)
    chance.shuffle(chosen.bare)
    images: dict[StudyImage, bytes] = {}
    for index in chosen.real:
        images.update([_image(with_makeup[index], None, None, options)])
    for turn, index in enumerate(chosen.bare):
        look = names[turn % len(names)]
        images.update([_image(without[index], look, looks[look], options)])
    study = StudySet(
        options.seed,
        options.size,
        options.quality,
        attention_mesh.__version__,
        tuple(sorted(images, key=lambda image: image.name)),
    )
    _write(folder, study, {image.name: content for image, content in images.items()})
    left_out = len(with_makeup) + len(without) - len(images)
    return MadeStudy(
        study,
        chosen.pairs,
        left_out,
        problems,
        sum(side.unreadable for side in sides),
        (
            statistics.median(with_makeup[index].square[2] for index in chosen.real),
            statistics.median(without[index].square[2] for index in chosen.bare),
        ),
    )


def check_output(folder: Path, replace: bool, photos: Sequence[Path]) -> None:
    """Refuses a folder in which a new study would take something away.

    Args:
      folder: where the study is to be written.
      replace: whether an older study there may be replaced.
      photos: folders that are read.

    Raises:
      UsageError: the folder has something else in it, has answers, or would be among the photos.
    """
    flag = f"--output {folder}"
    place = Path(os.path.realpath(folder))
    for other in photos:
        read = Path(os.path.realpath(other))
        if place == read or read in place.parents or place in read.parents:
            raise UsageError(f"{flag}: the folder and {other} lie in each other; choose another place")
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise UsageError(f"{flag}: this is a file; give a folder's name")
    if not any(folder.iterdir()):
        return
    if not (folder / KEY_FILE).is_file():
        raise UsageError(f"{flag}: the folder is not empty and no study; choose another one")
    if (folder / ANSWERS_FILE).exists():
        raise UsageError(
            f"{flag}: people have begun to answer this study, so it is not replaced; choose another folder"
        )
    if not replace:
        raise UsageError(f"{flag}: a study is here already; --replace makes a new one in its place")


def _too_few(wanted: int, real: int, bare: int, problems: Sequence[str]) -> str:
    text = (
        f"too few photos can be shown: {real} with real makeup and {bare} without, expected {wanted // 2} of "
        "each or more"
    )
    if not problems:
        return text
    more = [f"… and {len(problems) - _MOST_NAMED} more"] if len(problems) > _MOST_NAMED else []
    return "\n  ".join([f"{text}; these cannot:", *problems[:_MOST_NAMED], *more])


def _image(
    portrait: Portrait, look: str | None, makeup: Makeup | None, options: StudyOptions
) -> tuple[StudyImage, bytes]:
    """The image that a photo becomes: its entry in the key, and its JPEG."""
    from attention_mesh.media.image_file import read_image

    picture = read_image(portrait.photo.file)
    if makeup is not None:
        bare, picture = picture, makeup.apply(picture, portrait.landmarks_px)
        if np.array_equal(bare, picture):
            raise StudyError(f"{portrait.photo.file}: the look {look} paints nothing on this face")
    kind: Kind = "real" if makeup is None else "ar"
    name = image_name(options.seed, kind, portrait.photo.source)
    entry = StudyImage(name, kind, look, portrait.photo.person, portrait.photo.source)
    return entry, portrait_jpeg(picture, portrait.square, options.size, options.quality)


def _check_lips(makeup: Makeup, part: np.ndarray, landmarks_px: np.ndarray) -> None:
    """Raises StudyError for a face whose lips are covered, as far as paint shows. One look tells for all."""
    if makeup.look.lipstick is None:
        return
    lips = makeup.mask((part.shape[1], part.shape[0]), landmarks_px) > 0.5
    changed = (makeup.apply(part, landmarks_px) != part).any(axis=2)
    share = float(changed[lips].mean()) if lips.any() else 0.0
    if share < _LEAST_PAINTED:
        raise StudyError(
            f"something covers the lips: {100 * share:.0f} % of them can be painted, expected "
            f"{100 * _LEAST_PAINTED:.0f} % or more"
        )


def _write(folder: Path, study: StudySet, content: dict[str, bytes]) -> None:
    with _new_folder(folder) as new:
        (new / IMAGES_FOLDER).mkdir()
        for name in sorted(content):
            file = study.image_file(new, name)
            file.write_bytes(content[name])
            os.utime(file, (_FILE_TIME_S, _FILE_TIME_S))
        (new / KEY_FILE).write_text(study.to_json(), encoding="utf-8")


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Yields a folder that takes the place of `folder` at the end, unless an error came."""
    target = Path(os.path.realpath(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        new.mkdir()
        yield new
        if target.exists():
            old = target.with_name(f".{uuid.uuid4().hex}.part")
            target.rename(old)
            try:
                new.rename(target)
            except OSError:
                old.rename(target)
                raise
            shutil.rmtree(old, ignore_errors=True)
        else:
            new.rename(target)
    finally:
        shutil.rmtree(new, ignore_errors=True)
