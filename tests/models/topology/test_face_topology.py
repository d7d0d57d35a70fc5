"""Face topology: the tables are MediaPipe's, by size and hash, and agree with one another."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pytest

from attention_mesh.models.topology.face_topology import (
    NUM_LANDMARKS,
    NUM_LANDMARKS_WITH_IRISES,
    FaceTopology,
)

TOPOLOGY = FaceTopology.load()

# Name -> (number of connections, SHA-256 of repr(sorted(set)), first 16 digits), computed from
# mediapipe.solutions.face_mesh_connections of 0.10.21.
CONNECTIONS = {
    "CONTOURS": (124, "0dc7c24ee4419cee"),
    "FACE_OVAL": (36, "61ce4d2639fcc6db"),
    "IRISES": (8, "0b5c5bad3eede938"),
    "LEFT_EYE": (16, "779b5c3eb1971248"),
    "LEFT_EYEBROW": (8, "9041efb0a3431dda"),
    "LEFT_IRIS": (4, "fdae1014bf4c330a"),
    "LIPS": (40, "4b757852798a9ebe"),
    "NOSE": (25, "7f746bdaa757d3ce"),
    "RIGHT_EYE": (16, "07d8cafe4750348d"),
    "RIGHT_EYEBROW": (8, "85fcae806724ae64"),
    "RIGHT_IRIS": (4, "d06fe4fc9ab51a09"),
    "TESSELATION": (2556, "00ec39aa4ba46a9a"),
}


def digest(values) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", CONNECTIONS)
def test_connections_equal_mediapipes(name: str) -> None:
    connections = TOPOLOGY.connections[name]
    assert isinstance(connections, frozenset)
    assert (len(connections), digest(sorted(connections))) == CONNECTIONS[name]


def test_no_other_set_of_connections_exists() -> None:
    assert TOPOLOGY.connections.keys() == CONNECTIONS.keys()


def test_triangles_equal_those_of_the_canonical_face_model() -> None:
    triangles = TOPOLOGY.triangles
    assert triangles.shape == (898, 3)
    rotated = sorted(min((t[i:] + t[:i]) for i in range(3)) for t in triangles.tolist())
    assert digest(rotated) == "2fabb483cee6fc29"


def test_triangles_form_a_surface_with_one_border_along_the_face_oval() -> None:
    """Each edge belongs to two triangles, which run along it in opposite directions; border edges to one."""
    edges = Counter()
    for a, b, c in TOPOLOGY.triangles.tolist():
        edges.update([(a, b), (b, c), (c, a)])
    assert set(edges.values()) == {1}
    border = {edge for edge in edges if edge[::-1] not in edges}
    oval = {frozenset(pair) for pair in TOPOLOGY.connections["FACE_OVAL"]}
    assert {frozenset(edge) for edge in border} == oval
    assert set(TOPOLOGY.triangles.ravel().tolist()) == set(range(NUM_LANDMARKS))


def test_tesselation_is_made_of_triangles() -> None:
    """Every three connections go round one of 852 triangles: eyes and mouth stay open."""
    pairs = TOPOLOGY.lines["TESSELATION"].reshape(-1, 3, 2)
    assert len(pairs) == 852
    np.testing.assert_array_equal(pairs[:, :, 1], np.roll(pairs[:, :, 0], -1, axis=1))


def test_indices_stay_within_the_mesh() -> None:
    for name, lines in TOPOLOGY.lines.items():
        low, high = (NUM_LANDMARKS, NUM_LANDMARKS_WITH_IRISES) if "IRIS" in name else (0, NUM_LANDMARKS)
        assert low <= lines.min() and lines.max() < high
    assert all(0 <= index < NUM_LANDMARKS_WITH_IRISES for index in TOPOLOGY.names.values())


def test_left_and_right_are_the_subjects(shared_data) -> None:
    """In a frontal picture, the subject's left is on the right."""
    with np.load(shared_data / "mediapipe_photos.npz") as official:
        x = official["attention"][..., 0]
    x = x[np.isfinite(x).all(axis=1)]
    assert len(x) > 100
    for name in [name for name in TOPOLOGY.names if name.startswith("left_")]:
        mirrored = TOPOLOGY.names[name.replace("left_", "right_")]
        # The median: a few heads are turned so far that the order changes.
        assert np.median(x[:, TOPOLOGY.names[name]] - x[:, mirrored]) > 0, name
    for part in ("EYE", "EYEBROW", "IRIS"):
        left, right = (x[:, np.unique(TOPOLOGY.lines[f"{side}_{part}"])] for side in ("LEFT", "RIGHT"))
        assert np.median(left.mean(axis=1) - right.mean(axis=1)) > 0


def test_trails_draw_each_line_of_a_set_once() -> None:
    for name, lines in TOPOLOGY.lines.items():
        drawn = Counter(
            frozenset(pair)
            for trail in TOPOLOGY.trails(name)
            for pair in zip(trail[:-1].tolist(), trail[1:].tolist(), strict=True)
        )
        assert drawn == Counter({frozenset(pair) for pair in lines.tolist()})


def test_closed_outlines_are_single_rings() -> None:
    for name in ("FACE_OVAL", "LEFT_EYE", "RIGHT_EYE", "LEFT_IRIS", "RIGHT_IRIS"):
        (ring,) = TOPOLOGY.trails(name)
        assert ring[0] == ring[-1]


def test_tables_cannot_be_written_to() -> None:
    for table in [TOPOLOGY.triangles, *TOPOLOGY.lines.values()]:
        with pytest.raises(ValueError, match="read-only"):
            table[0, 0] = 0


def test_tables_are_read_once() -> None:
    assert FaceTopology.load() is TOPOLOGY


def test_a_ring_is_a_closed_outline_each_landmark_once():
    topology = FaceTopology.load()
    outer, inner = (topology.ring("LIPS", through) for through in (0, 13))
    assert len(outer) == len(inner) == len(set(outer.tolist())) == 20
    assert {61, 0, 291, 17} <= set(outer.tolist()) and {78, 13, 308, 14} <= set(inner.tolist())
    assert len(topology.ring("FACE_OVAL")) == 36 and len(topology.ring("LEFT_EYE")) == 16
    with pytest.raises(ValueError, match="LIPS has no closed outline through 4"):
        topology.ring("LIPS", 4)
