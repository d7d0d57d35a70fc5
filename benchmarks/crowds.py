"""Counts the faces found in crowds: a picture tiled of 64 faces, and faces of ever fewer pixels.

    python benchmarks/crowds.py --photos FOLDER [--mediapipe PYTHON] [--output FILE.md] [--picture FILE.png]

Each photo gives one tile around its first face, in which the face is a third as wide as the tile. A face is
found if a mesh's center lies within half a face's width of the tile's. `--mediapipe` names a Python that has
mediapipe 0.10.21; its FaceMesh looks at the same pictures.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

FACE_OF_TILE = 1 / 3
GRID = 8
ASKED = 2 * GRID * GRID
"""More than one per tile, because some photos show other people beside the first face."""

FACE_PX = (80, 56, 40, 32, 24, 16)
"""Widths of the faces in the pictures; at 80 px, 64 faces make a picture of 1920 by 1920 pixels."""

DETECTORS = ("auto", "short", "full")


def portraits(folder: Path, count: int) -> list[np.ndarray]:
    """Squares around the first face of photos, (S, S, 3) uint8 RGB, with the face a third as wide."""
    from attention_mesh import FaceLandmarker

    cuts = []
    with FaceLandmarker() as landmarker:
        for path in sorted(folder.iterdir()):
            image = cv2.imread(str(path))
            faces = [] if image is None else landmarker.detect(image[..., ::-1]).landmarks_px
            if len(faces):
                cuts.append(cut_around(image[..., ::-1], faces[0]))
            if len(cuts) == count:
                return cuts
    raise SystemExit(f"{folder} has {len(cuts)} photos with a face; {count} are needed")


def cut_around(image: np.ndarray, face: np.ndarray) -> np.ndarray:
    """The square around a face (N, 2+) px; the border's pixels continue beyond the photo."""
    low, high = face[:, :2].min(axis=0), face[:, :2].max(axis=0)
    half = (high - low)[0] / FACE_OF_TILE / 2
    left, top = ((low + high) / 2 - half).astype(int)
    side = int(2 * half)
    pad = max(0, -left, -top, left + side - image.shape[1], top + side - image.shape[0])
    image = cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    return image[top + pad : top + pad + side, left + pad : left + pad + side]


def crowd(cuts: list[np.ndarray], face_px: int) -> np.ndarray:
    """(S, S, 3) uint8 RGB: the cuts in a grid, with faces so many pixels wide."""
    side = round(face_px / FACE_OF_TILE)
    tiles = [cv2.resize(cut, (side, side), interpolation=cv2.INTER_AREA) for cut in cuts]
    return np.vstack([np.hstack(tiles[row * GRID : (row + 1) * GRID]) for row in range(GRID)])


def count_found(meshes: list[np.ndarray], face_px: int) -> int:
    """How many tiles have a mesh (N, 2+ px) near their middle."""
    side = round(face_px / FACE_OF_TILE)
    found = set()
    for mesh in meshes:
        center = (mesh[:, :2].min(axis=0) + mesh[:, :2].max(axis=0)) / 2
        tile = (center // side).astype(int)
        if np.abs(center - (tile + 0.5) * side).max() < face_px / 2:
            found.add(tuple(tile))
    return len(found)


def look(pictures: Path, name: str) -> list[list[list[list[float]]]]:
    """The meshes that one implementation finds in each picture of a folder; x, y in pixels."""
    found = []
    for path in sorted(pictures.glob("*.png")):
        image = np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
        height, width = image.shape[:2]
        if name == "mediapipe":
            import mediapipe

            with mediapipe.solutions.face_mesh.FaceMesh(True, ASKED, True) as mesh:
                faces = mesh.process(image).multi_face_landmarks or []
            found.append([[[p.x * width, p.y * height] for p in face.landmark] for face in faces])
        else:
            from attention_mesh import FaceLandmarker, FaceLandmarkerOptions

            with FaceLandmarker(FaceLandmarkerOptions(detector=name, num_faces=ASKED)) as landmarker:
                found.append(landmarker.detect(image).landmarks_px[..., :2].tolist())
    return found


def report(folder: Path, peer: Path | None, picture: Path | None) -> str:
    from attention_mesh import FaceMeshAnnotator
    from attention_mesh.cli.machine import machine_description
    from attention_mesh.models.evaluation.markdown import markdown_table

    cuts = portraits(folder, GRID * GRID)
    names = [*DETECTORS, *(["mediapipe"] if peer else [])]
    with tempfile.TemporaryDirectory() as pictures:
        for order, face_px in enumerate(FACE_PX):
            file = Path(pictures) / f"{order}.png"
            cv2.imwrite(str(file), crowd(cuts, face_px)[..., ::-1])
        found = {name: look(Path(pictures), name) for name in DETECTORS}
        if peer:
            command = [str(peer), __file__, "--look", pictures]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found["mediapipe"] = json.loads(done.stdout.splitlines()[-1])
    if picture:
        scene = np.ascontiguousarray(crowd(cuts, FACE_PX[0]))
        FaceMeshAnnotator(color_order="rgb").annotate(scene, np.array(found["auto"][0]))
        cv2.imwrite(str(picture), scene[..., ::-1])
    rows = []
    for order, face_px in enumerate(FACE_PX):
        meshes = {name: [np.array(mesh) for mesh in found[name][order]] for name in names}
        cells = [f"{count_found(meshes[name], face_px)} / {len(meshes[name])}" for name in names]
        side = GRID * round(face_px / FACE_OF_TILE)
        rows.append([f"{face_px} px", f"{side}×{side}", *cells])
    made = f"Made by `python benchmarks/crowds.py`. {machine_description()}."
    text = (
        f"{GRID * GRID} tiles in each picture, some with more than one person; {ASKED} faces asked. Each "
        "cell: tiles whose face is found / meshes in all."
    )
    return f"# Crowds\n\n{made} {text}\n\n{markdown_table(['faces', 'picture', *names], rows)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--photos", type=Path, help="folder of photos with faces, at least 64")
    parser.add_argument("--mediapipe", type=Path, help="a Python that has mediapipe")
    parser.add_argument("--output", type=Path, help="also write the report to this file")
    parser.add_argument("--picture", type=Path, help="write the first picture with the meshes found")
    parser.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.look:
        print(json.dumps(look(arguments.look, "mediapipe")))
        return
    if arguments.photos is None:
        parser.error("--photos is missing")
    text = report(arguments.photos, arguments.mediapipe, arguments.picture)
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
