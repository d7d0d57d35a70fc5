"""Pages of faces before and after makeup, to look at: kinds of faces, open mouths and turned heads.

    python benchmarks/makeup_pages.py FOLDER [--look red_matte] [--output out/makeup]

FOLDER holds portraits whose names say what they show, as those of SFHQ do (`…_glasses_…`, `…_facial_hair_…`).
Looks for the lips are shown on mouths, others on whole faces.
"""

from __future__ import annotations

import argparse
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from lip_masks import read

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, Makeup
from attention_mesh.models.topology.landmark_groups import landmark_groups

PAGES = {
    "ethnicities": "*ethnicity*",
    "ages": "*_age_*",
    "light": "*lighting*",
    "glasses": "*glasses*",
    "beards": "*facial_hair*",
    "expressions": "*expression*",
    "tongues": "*tongue*",
    "makeup": "*makeup*",
}
TILE = (260, 210)  # px, of the crop of a mouth
FACE_TILE = (260, 300)
PAGE = (2080, 1900)  # px, about
SHOWN = 1.9  # width of a crop relative to the mouth's
FACE_SHOWN = 1.15  # height of a crop relative to the face's
WIDE_OPEN = 0.35  # distance of the inner lips relative to the mouth's width


class Face(NamedTuple):
    """A picture (H, W, 3) uint8 RGB and the landmarks (478, 3) px of its face."""

    name: str
    image: np.ndarray
    landmarks: np.ndarray

    @property
    def opened(self) -> float:
        """Distance of the inner lips' middles relative to the mouth's width."""
        return self._distance("inner_lip_middles") / max(self._distance("mouth_corners"), 1e-6)

    @property
    def turned(self) -> float:
        """Sine of the head's turn."""
        sides = self.landmarks[landmark_groups()["face_sides"]]
        return float(abs(sides[0, 2] - sides[1, 2]) / np.linalg.norm(sides[0] - sides[1]))

    def _distance(self, pair: str) -> float:
        one, other = self.landmarks[landmark_groups()[pair], :2]
        return float(np.linalg.norm(one - other))


def found_faces(folder: Path) -> list[Face]:
    faces = []
    with FaceLandmarker(FaceLandmarkerOptions(num_threads=1, refine_passes=2)) as landmarker:
        for path in sorted(folder.iterdir()):
            image = read(path)
            result = landmarker.detect(image) if image is not None else None
            if image is not None and result is not None and len(result):
                faces.append(Face(path.stem, image, result.landmarks_px[0]))
    return faces


def crop(face: Face, image: np.ndarray, tile: tuple[int, int]) -> np.ndarray:
    """A part of the image, upright: the mouth and at least a third of the face's height, or the face.

    Args:
      face: of which it is.
      image: (H, W, 3) uint8, with or without makeup.
      tile: width and height in px: TILE or FACE_TILE.
    """
    mouth = face.landmarks[landmark_groups()["mouth_corners"], :2]
    along = mouth[1] - mouth[0]
    low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
    height = high[1] - low[1]
    scale, middle = tile[1] / (FACE_SHOWN * height), (low + high) / 2
    if tile == TILE:
        scale = tile[0] / (SHOWN * max(float(np.hypot(*along)), 0.3 * height))
        middle = mouth.mean(axis=0)
    turn = cv2.getRotationMatrix2D(
        (float(middle[0]), float(middle[1])), float(np.degrees(np.arctan2(along[1], along[0]))), scale
    )
    turn[:, 2] += np.array(tile) / 2 - middle
    return cv2.warpAffine(image, turn, tile, flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)


def page(faces: list[Face], makeup: Makeup, tile: tuple[int, int]) -> np.ndarray:
    """Rows of pairs, before and after, with names."""
    tiles = []
    for face in faces:
        after = makeup.apply(face.image, face.landmarks)
        pair = np.hstack([crop(face, face.image, tile), crop(face, after, tile)])
        cv2.putText(
            pair, face.name[-40:], (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 0), 1, cv2.LINE_AA
        )
        tiles.append(pair)
    columns = PAGE[0] // (2 * tile[0])
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    return np.vstack([np.hstack(tiles[first : first + columns]) for first in range(0, len(tiles), columns)])


def on_page(tile: tuple[int, int]) -> int:
    """How many faces a page holds."""
    return (PAGE[0] // (2 * tile[0])) * (PAGE[1] // tile[1])


def spread(faces: list[Face], count: int) -> list[Face]:
    """So many, evenly from all."""
    places = np.unique(np.linspace(0, len(faces) - 1, min(len(faces), count)).astype(int))
    return [faces[place] for place in places]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="portraits")
    parser.add_argument("--look", default="red_matte", help="name or file of a look")
    parser.add_argument("--output", type=Path, default=Path("out/makeup"), help="folder of the pages")
    options = parser.parse_args()
    makeup, faces = Makeup(options.look), found_faces(options.folder)
    products = [product for product, value in vars(makeup.look).items() if value]
    tile = TILE if products == ["lipstick"] else FACE_TILE
    count = on_page(tile)
    pages = {name: [face for face in faces if fnmatch(face.name, kind)] for name, kind in PAGES.items()}
    pages["open_mouths"] = [face for face in faces if face.opened > WIDE_OPEN]
    pages = {name: spread(part, count) for name, part in pages.items()}
    pages["profiles"] = sorted(faces, key=lambda face: -face.turned)[:count]
    options.output.mkdir(parents=True, exist_ok=True)
    for name, part in pages.items():
        if part:
            path = options.output / f"{name}.png"
            cv2.imwrite(str(path), page(part, makeup, tile)[..., ::-1])
            print(f"wrote {path} ({len(part)} faces)")


if __name__ == "__main__":
    main()
