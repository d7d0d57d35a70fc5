"""Pages of faces before and after makeup, to look at: kinds of faces, open mouths and turned heads.

    python benchmarks/makeup_pages.py FOLDER [--look red_matte] [--output out/makeup]

FOLDER holds portraits whose names say what they show, as those of SFHQ do (`…_glasses_…`, `…_facial_hair_…`).
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
COLUMNS, ROWS = 4, 9
TILE = (260, 210)  # px, of one crop
SHOWN = 1.9  # width of a crop relative to the mouth's
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


def crop(face: Face, image: np.ndarray) -> np.ndarray:
    """(210, 260, 3): the mouth, upright; at least a third of the face's height is shown."""
    mouth = face.landmarks[landmark_groups()["mouth_corners"], :2]
    along = mouth[1] - mouth[0]
    height = np.ptp(face.landmarks[:, 1])
    scale = TILE[0] / (SHOWN * max(float(np.hypot(*along)), 0.3 * height))
    middle = mouth.mean(axis=0)
    turn = cv2.getRotationMatrix2D(
        (float(middle[0]), float(middle[1])), float(np.degrees(np.arctan2(along[1], along[0]))), scale
    )
    turn[:, 2] += np.array(TILE) / 2 - middle
    return cv2.warpAffine(image, turn, TILE, flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)


def page(faces: list[Face], makeup: Makeup) -> np.ndarray:
    """Rows of pairs, before and after, with names."""
    tiles = []
    for face in faces[: COLUMNS * ROWS]:
        after = makeup.apply(face.image, face.landmarks)
        pair = np.hstack([crop(face, face.image), crop(face, after)])
        cv2.putText(
            pair, face.name[-40:], (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 0), 1, cv2.LINE_AA
        )
        tiles.append(pair)
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    return np.vstack([np.hstack(tiles[first : first + COLUMNS]) for first in range(0, len(tiles), COLUMNS)])


def spread(faces: list[Face]) -> list[Face]:
    """As many as a page holds, evenly from all."""
    places = np.unique(np.linspace(0, len(faces) - 1, min(len(faces), COLUMNS * ROWS)).astype(int))
    return [faces[place] for place in places]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="portraits")
    parser.add_argument("--look", default="red_matte", help="name or file of a look")
    parser.add_argument("--output", type=Path, default=Path("out/makeup"), help="folder of the pages")
    options = parser.parse_args()
    makeup, faces = Makeup(options.look), found_faces(options.folder)
    pages = {name: spread([f for f in faces if fnmatch(f.name, kind)]) for name, kind in PAGES.items()}
    pages["open_mouths"] = spread([face for face in faces if face.opened > WIDE_OPEN])
    pages["profiles"] = sorted(faces, key=lambda face: -face.turned)
    options.output.mkdir(parents=True, exist_ok=True)
    for name, part in pages.items():
        if part:
            path = options.output / f"{name}.png"
            cv2.imwrite(str(path), page(part, makeup)[..., ::-1])
            print(f"wrote {path} ({min(len(part), COLUMNS * ROWS)} faces)")


if __name__ == "__main__":
    main()
