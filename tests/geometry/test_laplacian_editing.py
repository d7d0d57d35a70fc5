"""LaplacianMeshEditor: moves with its places, meets them, keeps details, takes meshes as they come."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from attention_mesh.geometry import linear_solver
from attention_mesh.geometry.expression_transfer import ExpressionTransfer
from attention_mesh.geometry.laplacian_editing import LaplacianMeshEditor
from attention_mesh.geometry.mesh_points import MeshPoints
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import rotation

TURN = rotation(0.6, -0.4, 1.1)
HANDLES = np.array([10, 152, 33, 263, 1, 61, 291, 234, 454, 0, 17])


def grid(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """A flat square grid in the plane z = 0: (rows × columns, 3) vertices, and its triangles."""
    y, x = np.mgrid[:rows, :columns]
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], 1).astype(float)
    corner = (y * columns + x)[:-1, :-1].ravel()
    first = np.stack([corner, corner + 1, corner + columns], 1)
    second = np.stack([corner + 1, corner + columns + 1, corner + columns], 1)
    return vertices, np.concatenate([first, second])


def normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (vertices[..., triangles[:, corner], :] for corner in range(3))
    return np.cross(b - a, c - a)


def flipped(vertices: np.ndarray, truth: np.ndarray, triangles: np.ndarray) -> int:
    """Triangles that face away from the side that they face in `truth`, without those of no area there."""
    real, found = normals(truth, triangles), normals(vertices, triangles)
    has_area = np.linalg.norm(real, axis=-1) > 1e-3  # square centimeters, twice the area
    return int((((real * found).sum(-1) < 0) & has_area).sum())


@pytest.fixture(scope="module")
def bent_places() -> np.ndarray:
    """(C, 3): handles of the canonical face, moved by up to a centimeter."""
    moves = np.random.default_rng(3).normal(0, 0.5, (len(HANDLES), 3))
    return canonical_face().vertices[HANDLES] + moves.astype(np.float32)


@pytest.mark.parametrize("alignment", ["rigid", "similarity", "none"])
def test_a_mesh_that_is_already_there_stays(alignment):
    face = canonical_face()
    editor = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES, alignment=alignment)
    # Float32 on a face 20 cm large.
    np.testing.assert_allclose(editor.edit(face.vertices[HANDLES]), face.vertices, atol=1e-4)


@pytest.mark.parametrize("alignment", ["rigid", "similarity"])
def test_the_result_turns_and_moves_with_the_places(alignment, bent_places):
    face = canonical_face()
    editor = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES, alignment=alignment)
    shift = np.array([3, -2, -45], np.float32)
    still, moved = editor.edit(bent_places), editor.edit(bent_places @ TURN.T + shift)
    assert np.abs(still - face.vertices).max() > 0.3  # cm: there is something to turn
    np.testing.assert_allclose(moved, still @ TURN.T + shift, atol=1e-3)  # float32 at 45 cm


def test_the_result_scales_with_the_places_if_a_similarity_aligns_them(bent_places):
    face = canonical_face()
    editor = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES, alignment="similarity")
    np.testing.assert_allclose(editor.edit(bent_places * 10), editor.edit(bent_places) * 10, atol=1e-3)


def test_the_same_mesh_in_meters_gives_the_same_result(bent_places):
    face = canonical_face()
    in_cm = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES).edit(bent_places)
    in_m = LaplacianMeshEditor(face.vertices / 100, face.triangles, HANDLES).edit(bent_places / 100)
    np.testing.assert_allclose(in_m * 100, in_cm, atol=1e-3)


@pytest.mark.parametrize(("weight", "tolerance_cm"), [(1, 0.3), (100, 0.02), (10_000, 0.0005)])
def test_places_are_met_the_better_the_higher_their_weight(weight, tolerance_cm):
    face = canonical_face()
    editor = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES, weight, alignment="none")
    places = face.vertices[HANDLES] + np.float32([0, 0, 0.5]) * (np.arange(len(HANDLES)) % 2)[:, None]
    missed = np.linalg.norm(editor.edit(places)[HANDLES] - places, axis=1).max()
    assert tolerance_cm / 100 < missed < tolerance_cm


def test_each_point_has_its_own_weight():
    face = canonical_face()
    weights = np.full(len(HANDLES), 100.0)
    weights[0] = 0.01
    editor = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES, weights, alignment="none")
    places = face.vertices[HANDLES] + np.float32([[0, 1, 0]] + [[0, 0, 0]] * (len(HANDLES) - 1))
    moved = editor.edit(places)[HANDLES[0]] - face.vertices[HANDLES[0]]
    assert np.linalg.norm(moved) < 0.1  # cm of 1


def test_points_inside_triangles_are_moved():
    vertices, triangles = grid(9, 9)
    points = MeshPoints(triangles[[3, 40, 90, 120]], np.full((4, 3), 1 / 3))
    editor = LaplacianMeshEditor(vertices, triangles, points, 1000.0, alignment="none")
    places = points.on(vertices) + np.array([[0, 0, 0.2], [0, 0.1, 0], [0, 0, 0], [0.2, 0, 0]])
    np.testing.assert_allclose(points.on(editor.edit(places)), places, atol=2e-3)


def test_details_turn_with_a_bend():
    """A strip of teeth is bent by 90 degrees; without local rotations they keep their old direction."""
    vertices, triangles = grid(5, 41)
    vertices[:, 2] = 0.3 * (vertices[:, 0] % 2)
    ends = np.flatnonzero((vertices[:, 0] < 2) | (vertices[:, 0] > 38))
    quarter = rotation(np.pi / 2, 0, 0)
    places = vertices[ends].copy()
    is_far = vertices[ends, 0] > 38
    # The far end turns about the vertical axis and goes to where an arc of the strip's length ends.
    radius = 40 / (np.pi / 2)
    places[is_far] = (places[is_far] - [40, 2, 0]) @ quarter + [radius, 2, radius]

    def edges(rounds: int) -> np.ndarray:
        editor = LaplacianMeshEditor(vertices, triangles, ends, 1000.0, rounds, "none")
        result = editor.edit(places)
        return np.linalg.norm(result[triangles[:, 0]] - result[triangles[:, 1]], axis=1)

    at_rest = np.linalg.norm(vertices[triangles[:, 0]] - vertices[triangles[:, 1]], axis=1)
    stretched = [np.abs(edges(rounds) / at_rest - 1).mean() for rounds in (0, 1, 30)]
    assert stretched[0] > 2 * stretched[1] > 2 * stretched[2]
    assert stretched[2] < 0.02


def test_all_faces_of_a_packet_are_edited_as_one_alone(bent_places):
    face = canonical_face()
    editor = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES, rounds=2)
    faces = np.stack([bent_places, bent_places @ TURN.T, face.vertices[HANDLES]])
    together = editor.edit(faces)
    assert together.shape == (3, 478, 3) and together.dtype == np.float32
    for one, alone in zip(together, faces, strict=True):
        np.testing.assert_allclose(one, editor.edit(alone), atol=1e-4)
    assert editor.edit(faces[:0]).shape == (0, 478, 3)


def test_expressions_of_the_built_in_rig_fold_nothing():
    rig = builtin_rig()
    triangles = FaceTopology.load().triangles
    neutral = rig.landmarks(rig.neutral)
    editor = LaplacianMeshEditor(neutral, triangles, alignment="none")
    names = list(rig.expression_names)
    truth = np.stack([rig.landmarks(rig.vertices(np.zeros(0), {name: 0.9})) for name in names])
    found = editor.edit(truth)
    flips = {name: flipped(*pair, triangles) for name, *pair in zip(names, found, truth, strict=True)}
    assert {name: count for name, count in flips.items() if count} == {}


def test_expressions_of_a_scanned_rig_fold_nothing(rig_478):
    triangles = FaceTopology.load().triangles
    editor = LaplacianMeshEditor(rig_478["neutral"], triangles, alignment="none")
    truth = rig_478["neutral"] + rig_478["expressions"]
    assert flipped(editor.edit(truth), truth, triangles) == 0


def test_expressions_moved_to_other_persons_of_a_scanned_rig_fold_what_theirs_fold(rig_478):
    """The rig itself folds some triangles between closed lips; nearly no others fold."""
    triangles = FaceTopology.load().triangles
    neutral, moves = rig_478["neutral"], rig_478["expressions"]
    random = np.random.default_rng(2)
    for _ in range(3):
        identity = random.normal(0, 1, len(rig_478["identities"]))
        person = neutral + np.einsum("k,kvd->vd", identity, rig_478["identities"])
        found = ExpressionTransfer(neutral, person).transfer(neutral + moves)
        found = LaplacianMeshEditor(person, triangles, alignment="none").edit(found)
        ours, theirs = flipped(found, person, triangles), flipped(person + moves, person, triangles)
        assert theirs < 0.01 * len(moves) * len(triangles)
        assert ours < theirs + 0.001 * len(moves) * len(triangles)


def test_a_scanned_head_follows_its_landmarks(scanned_head):
    """11,248 vertices follow 468 landmarks; without them the vertices miss by as far as they move."""
    head = scanned_head
    editor = LaplacianMeshEditor(head.neutral, head.triangles, head.points, alignment="none")
    for name in ("mouthSmileLeft", "jawOpen", "browInnerUp"):
        truth = head.posed(name)
        moves = np.linalg.norm(truth - head.neutral, axis=1)
        missed = np.linalg.norm(editor.edit(head.points.on(truth)) - truth, axis=1)
        moving = moves > 0.05  # cm
        assert np.sqrt((missed[moving] ** 2).mean()) < 0.35 * np.sqrt((moves[moving] ** 2).mean())


def test_irises_follow_the_eyes_without_a_place_of_their_own():
    face = canonical_face()
    editor = LaplacianMeshEditor(face.vertices, face.triangles, np.arange(468), alignment="none")
    moved = editor.edit(face.vertices[:468] + np.float32([0.5, 0, 0]))
    np.testing.assert_allclose(moved[468:], face.vertices[468:] + np.float32([0.5, 0, 0]), atol=0.01)


def test_a_part_without_a_point_follows_the_nearest_one():
    vertices, triangles = grid(6, 6)
    ball = vertices[:4] * 0.1 + np.array([2, 2, 0.5])
    mesh = np.concatenate([vertices, ball])
    corners = np.concatenate([triangles, [[36, 37, 38], [37, 38, 39]]])
    editor = LaplacianMeshEditor(mesh, corners, np.array([0, 5, 30, 35, 14]), alignment="none")
    places = mesh[[0, 5, 30, 35, 14]] + [0, 0, 1]
    np.testing.assert_allclose(editor.edit(places), mesh + [0, 0, 1], atol=1e-3)


def test_a_seam_of_doubled_vertices_stays_closed():
    vertices, triangles = grid(5, 5)
    # The right half has its own copies of the column at x = 2, as files have them along a seam.
    copies = np.flatnonzero(vertices[:, 0] == 2)
    twin = {int(old): len(vertices) + new for new, old in enumerate(copies)}
    right = vertices[triangles][:, :, 0].mean(1) > 2
    cut = np.array([[twin.get(int(v), int(v)) for v in row] for row in triangles[right]])
    mesh = np.concatenate([vertices, vertices[copies]])
    editor = LaplacianMeshEditor(mesh, np.concatenate([triangles[~right], cut]), np.array([0, 4, 20, 24]))
    result = editor.edit(mesh[[0, 4, 20, 24]] + [[0, 0, 1], [0, 0, 0], [0, 1, 0], [0, 0, 0.5]])
    np.testing.assert_array_equal(result[copies], result[list(twin.values())])


def test_triangles_without_area_do_no_harm():
    vertices, triangles = grid(5, 5)
    thin = np.concatenate([triangles, [[0, 1, 2], [3, 3, 8], [7, 7, 7]]])
    editor = LaplacianMeshEditor(vertices, thin, np.array([0, 4, 20, 24]))
    result = editor.edit(vertices[[0, 4, 20, 24]])
    np.testing.assert_allclose(result, vertices, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vertices": np.zeros((4, 2))}, r"vertices have shape \(4, 2\); expected \(V, 3\)"),
        ({"vertices": np.zeros((0, 3))}, "at least one vertex"),
        ({"vertices": np.full((25, 3), np.nan)}, "25 of 25 vertices are not finite"),
        ({"triangles": np.array([[0, 1, 25]])}, "names vertex 25; the mesh has vertices 0 to 24"),
        ({"triangles": np.zeros((3, 3))}, "expected integers"),
        ({"points": np.array([25])}, "a point names vertex 25"),
        ({"points": np.array([], int)}, "at least one point"),
        ({"weights": 0.0}, "weight is 0; expected finite numbers above 0"),
        ({"weights": np.ones(3)}, r"weights have shape \(3,\); expected a number or \(25,\)"),
        ({"rounds": -1}, "rounds is -1"),
        ({"alignment": "loose"}, 'alignment is "loose"; expected one of rigid'),
    ],
)
def test_what_is_no_mesh_is_an_error_that_says_why(change, said):
    vertices, triangles = grid(5, 5)
    with pytest.raises(ValueError, match=said):
        LaplacianMeshEditor(**{"vertices": vertices, "triangles": triangles, **change})


@pytest.mark.parametrize("places", [np.zeros((2, 3, 3)), np.zeros(3), np.full((25, 3), np.inf)])
def test_wrong_places_are_an_error(places):
    with pytest.raises(ValueError, match="expected"):
        LaplacianMeshEditor(*grid(5, 5)).edit(places)


def test_a_large_mesh_gives_what_a_small_one_gives(monkeypatch, bent_places):
    """The dense and the sparse solution are one solution."""
    pytest.importorskip("scipy", reason="scipy is in the puppet extra")
    face = canonical_face()
    dense = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES).edit(bent_places)
    monkeypatch.setattr(linear_solver, "DENSE_UP_TO", 10)
    sparse = LaplacianMeshEditor(face.vertices, face.triangles, HANDLES).edit(bent_places)
    np.testing.assert_allclose(sparse, dense, atol=1e-4)


def test_a_large_mesh_without_scipy_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    vertices, triangles = grid(40, 40)
    with pytest.raises(ImportError, match=r"1600 vertices .*\[puppet\]"):
        LaplacianMeshEditor(vertices, triangles)
