"""Face topology: the lines and triangles that join the landmarks of the face mesh, and their names."""

import json
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.models.topology.edge_trails import edge_trails

DATA = Path(__file__).parent

NUM_LANDMARKS = 468
NUM_LANDMARKS_WITH_IRISES = 478

# Their union draws a face with few lines. The nose is not part of it, as in MediaPipe.
CONTOURS = ("LIPS", "LEFT_EYE", "LEFT_EYEBROW", "RIGHT_EYE", "RIGHT_EYEBROW", "FACE_OVAL")
IRISES = ("LEFT_IRIS", "RIGHT_IRIS")


class FaceTopology:
    """Index tables of the 478-point face mesh (the first 468 without the irises), read once from data files.

    Left and right are the subject's. The tables are MediaPipe's (see NOTICE): the connections of its Python
    package, and the triangles of its canonical face model. Use `FaceTopology.load()`. The tables are shared
    and read-only.

    Attributes:
        lines: (E, 2) int32 pairs of landmarks by name, in the order of the source: LIPS, LEFT_EYE, LEFT_IRIS,
            LEFT_EYEBROW, RIGHT_EYE, RIGHT_EYEBROW, RIGHT_IRIS, FACE_OVAL, NOSE, TESSELATION.
        triangles: (898, 3) int32, a closed surface over the 468 points, eyes and mouth included, wound
            counter-clockwise as seen from in front of the face.
        names: landmark index by name of single, well-known points (nose_tip, left_eye_outer …).
    """

    def __init__(self, lines: dict[str, np.ndarray], triangles: np.ndarray, names: dict[str, int]) -> None:
        self.lines = lines
        self.triangles = triangles
        self.names = names
        self._trails: dict[str, tuple[np.ndarray, ...]] = {}

    @staticmethod
    @cache
    def load() -> "FaceTopology":
        """The package's tables."""
        lines = {name: _read_only(pairs) for name, pairs in _read_json("face_connections.json").items()}
        return FaceTopology(
            lines, _read_only(_read_json("face_triangles.json")), _read_json("landmark_names.json")
        )

    @cached_property
    def connections(self) -> dict[str, frozenset[tuple[int, int]]]:
        """Connections as sets by name: all of `lines`, and the unions CONTOURS and IRISES."""
        # The insertion order is that of the source: it decides the order in which a set is iterated, and so
        # which of two crossing lines is drawn on top.
        sets = {name: frozenset(map(tuple, pairs.tolist())) for name, pairs in self.lines.items()}
        sets["CONTOURS"] = frozenset().union(*(sets[name] for name in CONTOURS))
        sets["IRISES"] = frozenset().union(*(sets[name] for name in IRISES))
        return sets

    def trails(self, name: str) -> tuple[np.ndarray, ...]:
        """The lines of a set joined into polylines, each an int32 array of landmark indices.

        Every line occurs once, even if the set lists it in both directions. A closed outline ends with its
        first landmark.

        Raises:
            KeyError: `lines` has no set of this name.
        """
        if name not in self._trails:
            self._trails[name] = edge_trails(self.lines[name])
        return self._trails[name]

    def ring(self, name: str, through: int | None = None) -> np.ndarray:
        """The landmarks of a closed outline in order, each once: int32.

        Args:
            name: a set of `lines`.
            through: a landmark of the outline, if the set has several: LIPS has an outer and an inner one.

        Raises:
            KeyError: `lines` has no set of this name.
            ValueError: the set has no closed outline through the landmark.
        """
        for trail in self.trails(name):
            if trail[0] == trail[-1] and (through is None or through in trail):
                return trail[:-1]
        raise ValueError(f"{name} has no closed outline" + ("" if through is None else f" through {through}"))


def _read_json(file_name: str) -> Any:
    return json.loads((DATA / file_name).read_text(encoding="utf-8"))


def _read_only(rows: list) -> np.ndarray:
    array = np.array(rows, np.int32)
    array.flags.writeable = False
    return array
