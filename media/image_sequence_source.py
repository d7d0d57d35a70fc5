"""Frames of a film whose pictures are numbered files, or the photos of a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.photo_reader import PhotoReader

DEFAULT_FPS = 30.0
"""Rate of a sequence of pictures, unless the user says another."""

_NUMBER = re.compile(r"%(0\d+)?d")


class ImageSequenceSource(PhotoReader):
    """Reads pictures from files as the frames of one film, at a constant rate.

    A picture that cannot be read is skipped, and `failures` says why; the others keep their times. The
    attributes are those of `VideoSource`. Iterating raises MediaError, after the last good frame, if a
    picture has another size than the first.

    Args:
      files: in the order of the film.
      name: what messages call it.
      fps: frames per second.
    """

    still = False

    def __init__(self, files: Sequence[Path], name: str, fps: float = DEFAULT_FPS) -> None:
        super().__init__(files, name)
        self.fps: float | None = fps
        self.size: tuple[int, int] | None = None
        self._us_per_frame = 1e6 / fps

    def __iter__(self) -> Iterator[Frame]:
        for index, file, image in self._photos():
            frame = Frame(image, round(index * self._us_per_frame), index, file.name)
            if self.size is None:
                self.size = frame.size
            if frame.size != self.size:
                raise MediaError(
                    f"{file}: this picture is {frame.size[0]}x{frame.size[1]}, but the first of the film is "
                    f"{self.size[0]}x{self.size[1]}."
                )
            yield frame


def is_sequence_pattern(text: str) -> bool:
    """Whether the file name in a path has one number, ``%d`` or ``%04d``, in place of a picture's."""
    return len(_NUMBER.findall(Path(text).name)) == 1


def open_image_sequence(pattern: str, fps: float = DEFAULT_FPS) -> ImageSequenceSource:
    """Opens the files that a pattern such as ``frames_%04d.png`` stands for, in the order of their numbers.

    ``%04d`` stands for at least four digits, padded by zeros, and ``%d`` for a number without padding.
    Numbers may be missing; `notices` then says how many.

    Raises MediaError if there is no such file.
    """
    folder, name = Path(pattern).parent, Path(pattern).name
    number = _NUMBER.search(name)
    if number is None:
        raise MediaError(f"{pattern}: the name has no number (%d or %04d).")
    form = re.compile(
        re.escape(name[: number.start()]) + r"(\d+)" + re.escape(name[number.end() :]), re.DOTALL
    )
    width = int(number[1] or 0)
    found: dict[int, Path] = {}
    try:
        for entry in folder.iterdir():
            match = form.fullmatch(entry.name)
            if match is not None and match[1] == f"{int(match[1]):0{width}d}":
                found[int(match[1])] = entry
    except OSError as error:
        raise MediaError(f"{pattern}: {error.strerror or error}.") from error
    if not found:
        raise MediaError(
            f"{pattern}: there is no such file, and no file whose name has a number for {number[0]}."
        )
    source = ImageSequenceSource([found[key] for key in sorted(found)], pattern, fps)
    missing = max(found) - min(found) + 1 - len(found)
    if missing:
        source.notices.append(
            f"{pattern}: {missing} of the numbers {min(found)} to {max(found)} are missing; the film goes on "
            "without them."
        )
    return source
