"""The fixed wiring of the face mesh: which landmarks are joined, by lines and by triangles."""

import json
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from attention_mesh.models.topology.edge_trails import edge_trails

DATA = Path(__file__).parent

NUM_LANDMARKS = 468
NUM_LANDMARKS_WITH_IRISES = 478

# The union of these draws a face with few lines; the nose stays apart, as in MediaPipe.
CONTOURS = ("LIPS", "LEFT_EYE", "LEFT_EYEBROW", "RIGHT_EYE", "RIGHT_EYEBROW", "FACE_OVAL")
IRISES = ("LEFT_IRIS", "RIGHT_IRIS")


class FaceTopology:
    """Index tables of the 478-point face mesh (the first 468 without the irises), read once from data files.

    Left and right are the subject's. The tables are MediaPipe's (see NOTICE): the connections as its
    Python package defines them, the triangles as its canonical face model does. Use `FaceTopology.load()`;
    the tables are shared and not to be written to.

    Attributes:
      lines: name → (E, 2) int32, landmark index pairs in the order of the source: LIPS, LEFT_EYE,
        LEFT_IRIS, LEFT_EYEBROW, RIGHT_EYE, RIGHT_EYEBROW, RIGHT_IRIS, FACE_OVAL, NOSE, TESSELATION.
      triangles: (898, 3) int32, a closed surface over the 468 points, eyes and mouth included, wound
        counter-clockwise as seen from in front of the face.
      names: name → landmark index of single, well-known points (nose_tip, left_eye_outer …).
    """

    def __init__(self, lines: dict[str, np.ndarray], triangles: np.ndarray, names: dict[str, int]):
        self.lines = lines
        self.triangles = triangles
        self.names = names
        self._trails: dict[str, tuple[np.ndarray, ...]] = {}

    @staticmethod
    @cache
    def load() -> "FaceTopology":
        """The tables that come with the package."""
        lines = {name: _read_only(pairs) for name, pairs in _read_json("face_connections.json").items()}
        return FaceTopology(
            lines, _read_only(_read_json("face_triangles.json")), _read_json("landmark_names.json")
        )

    @cached_property
    def connections(self) -> dict[str, frozenset[tuple[int, int]]]:
        """name → connections as a set: all of `lines`, and the unions CONTOURS and IRISES."""
        # Members enter in the order of the source: it decides the order in which a set is iterated, and
        # so which of two lines that cross is drawn on top.
        sets = {name: frozenset(map(tuple, pairs.tolist())) for name, pairs in self.lines.items()}
        sets["CONTOURS"] = frozenset().union(*(sets[name] for name in CONTOURS))
        sets["IRISES"] = frozenset().union(*(sets[name] for name in IRISES))
        return sets

    def trails(self, name: str) -> tuple[np.ndarray, ...]:
        """The lines of a set joined into polylines, each an int32 array of landmark indices.

        Every line is drawn once, whichever direction or directions the set lists it in; a closed outline
        ends where it began. Raises KeyError for a set that `lines` does not have.
        """
        if name not in self._trails:
            self._trails[name] = edge_trails(self.lines[name])
        return self._trails[name]

    def ring(self, name: str, through: int | None = None) -> np.ndarray:
        """The landmarks of a closed outline in order, each once: int32.

        Of a set with several outlines (LIPS has the outer and the inner one) that through a landmark. Raises
        KeyError for an unknown set and ValueError where it has no closed outline through the landmark.
        """
        for trail in self.trails(name):
            if trail[0] == trail[-1] and (through is None or through in trail):
                return trail[:-1]
        raise ValueError(f"{name} has no closed outline" + ("" if through is None else f" through {through}"))


def _read_json(file_name: str):
    return json.loads((DATA / file_name).read_text(encoding="utf-8"))


def _read_only(rows: list) -> np.ndarray:
    array = np.array(rows, np.int32)
    array.flags.writeable = False
    return array
