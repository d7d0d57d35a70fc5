"""The data of the open weights beside drawn faces: portraits split in two, and pictures without a face.

python tools/open_weights_data.py PORTRAITS PORTRAITS.npz OUT

PORTRAITS.npz comes from `attention-mesh label`. OUT gets train.npz and validation.npz, labels of portraits in
PORTRAITS, and the folders faceless and faceless_validation with pictures and labels of their own.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import skimage

from attention_mesh.media.image_file import read_image, write_image
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LABELS
from attention_mesh.models.training.synthetic.background import random_background

_VALIDATION = 150  # portraits
_SAME = 0.95  # correlation of two small gray pictures beyond which they may show one portrait
_MARGINS, _MARGINS_VALIDATION, _DRAWN = 700, 200, 150
_SMALLEST_MARGIN = 56  # px
_TRIES = 100  # squares per square that shows no face
_SIZE = 160  # of pictures without a face, px
# Pictures that come with scikit-image: things, textures, an animal; none of people.
_THINGS = (
    "brick.png", "chelsea.png", "coffee.png", "coins.png", "color.png", "grass.png", "gravel.png",
    "horse.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "page.png", "retina.jpg",
)  # fmt: skip
_THINGS_VALIDATION = (
    "cell.png", "clock_motion.png", "microaneurysms.png", "motorcycle_left.png", "phantom.png", "rocket.jpg",
    "text.png",
)  # fmt: skip


def split_portraits(folder: Path, labels: LabelFile) -> tuple[LabelFile, LabelFile]:
    """Portraits to learn from, and those to choose by; the hash of a name decides.

    Portraits without trust are in neither. One that looks like a portrait of the second part is not in the
    first.
    """
    trusted: list[int] = np.flatnonzero(labels.weights[:, :, 0].any(1)).tolist()
    order = sorted(trusted, key=lambda row: (zlib.crc32(labels.names[row].encode()), labels.names[row]))
    validation = sorted(order[:_VALIDATION])
    looks = np.stack([_look(read_image(folder / name)) for name in labels.names])
    doubles = (looks @ looks[validation].T).max(1) > _SAME
    train = [row for row in trusted if row not in set(validation) and not doubles[row]]
    return labels.rows(train), labels.rows(validation)


def _look(picture: np.ndarray) -> np.ndarray:
    """(576,) of mean 0 and length 1: a small gray picture."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (24, 24), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    return small / (np.linalg.norm(small) + 1e-6)


def margins(folder: Path, labels: LabelFile, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Squares of portraits beside the face: walls, clothes, hair, hands, shoulders.

    Raises DatasetError if there is hardly any room beside the faces.
    """
    found: list[np.ndarray] = []
    for _ in range(_TRIES * count):
        if len(found) == count:
            return found
        row = int(rng.integers(len(labels.names)))
        picture = read_image(folder / labels.names[row])
        height, width = picture.shape[:2]
        points = labels.landmarks[row, :, :2]
        reach = 0.12 * np.ptp(points, axis=0)
        low, high = points.min(0) - reach * (1, 1.8), points.max(0) + reach  # foreheads go on above the mesh
        side = int(rng.integers(_SMALLEST_MARGIN, max(_SMALLEST_MARGIN + 1, min(height, width) // 2)))
        x, y = int(rng.integers(0, width - side)), int(rng.integers(0, height - side))
        if x + side < low[0] or x > high[0] or y + side < low[1] or y > high[1]:
            found.append(_square(picture[y : y + side, x : x + side]))
    raise DatasetError(f"{folder}: the faces leave too little room for {count} squares beside them")


def things(names: tuple[str, ...], each: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Squares of pictures of scikit-image."""
    folder = Path(skimage.__file__).parent / "data"
    found = []
    for name in names:
        picture = read_image(folder / name)
        height, width = picture.shape[:2]
        for _ in range(each):
            side = int(min(height, width) * rng.uniform(0.35, 1))
            x, y = int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1))
            found.append(_square(picture[y : y + side, x : x + side]))
    return found


def _square(picture: np.ndarray) -> np.ndarray:
    way = cv2.INTER_AREA if len(picture) > _SIZE else cv2.INTER_CUBIC
    return cv2.resize(picture, (_SIZE, _SIZE), interpolation=way)


def write_faceless(folder: Path, pictures: list[np.ndarray]) -> None:
    """Writes pictures and the labels that say they show no face."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{number:04d}.jpg" for number in range(len(pictures))]
    for name, picture in zip(names, pictures, strict=True):
        write_image(folder / name, picture)
    count = len(names)
    unknown, nothing = np.full((count, 478, 3), np.nan, np.float32), np.zeros((count, 478, 2), np.float32)
    LabelFile(names, unknown, nothing, np.zeros(count, np.float32)).write(folder / LABELS)


def main(portraits: Path, labels: Path, output: Path) -> None:
    """Writes all of it; the same portraits give the same files."""
    rng = np.random.default_rng(5)
    train, validation = split_portraits(portraits, LabelFile.read(labels))
    train.write(output / "train.npz")
    validation.write(output / "validation.npz")
    drawn = [random_background(np.random.default_rng(seed), _SIZE).astype(np.uint8) for seed in range(_DRAWN)]
    write_faceless(
        output / "faceless", [*margins(portraits, train, _MARGINS, rng), *things(_THINGS, 16, rng), *drawn]
    )
    others = [
        *margins(portraits, validation, _MARGINS_VALIDATION, rng),
        *things(_THINGS_VALIDATION, 12, rng),
    ]
    write_faceless(output / "faceless_validation", others)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
