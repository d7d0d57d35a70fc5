"""ExpressionTransfer: expressions on faces of another size, shape and pose."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.expression_transfer import ExpressionTransfer
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import rotation

EXPRESSIONS = ("jawOpen", "mouthSmileLeft", "mouthPucker", "browInnerUp", "eyeBlinkRight", "cheekPuff")


def wider(points: np.ndarray) -> np.ndarray:
    """Another build: wider, shorter, deeper."""
    return points * np.array([1.2, 0.85, 1.1])


def larger_and_turned(points: np.ndarray) -> np.ndarray:
    return 1.3 * points @ rotation(0.5, 0.1, 0).T


def tapered(points: np.ndarray) -> np.ndarray:
    """A character whose jaw is larger than the forehead."""
    return points * (1 - 0.04 * points[:, 1:2] * [1, 0, 1])


def rms(away: np.ndarray) -> float:
    return float(np.sqrt((away**2).sum(-1).mean()))


def errors(first, second, moves, build) -> tuple[float, float]:
    """Root mean square errors of a transfer and of the plain difference, of all `moves` (K, V, 3).

    Both faces are persons of one rig. The second is seen through `build`, which is how its expressions are
    known: `build` of the person with the expression.
    """
    target = build(second)
    transfer = ExpressionTransfer(first, target)
    truth = np.stack([build(second + move) for move in moves])
    return rms(transfer.transfer(first + moves) - truth), rms(target + moves - truth)


@pytest.fixture(scope="module")
def people():
    """Two persons of the built-in rig, and the movements of expressions, which all its persons share."""
    rig = builtin_rig()
    random = np.random.default_rng(5)
    first, second = (rig.vertices(random.normal(0, 0.8, len(rig.identities)), {}) for _ in range(2))
    neutral = rig.vertices(np.zeros(0), {})
    moves = np.stack([rig.vertices(np.zeros(0), {name: 0.8}) - neutral for name in EXPRESSIONS])
    landmarks = [rig.landmarks(face)[:468] for face in (first, second)]
    return *landmarks, np.stack([rig.landmarks(move)[:468] for move in moves])


@pytest.mark.parametrize("build", [wider, larger_and_turned, tapered])
def test_between_two_builds_it_is_nearer_to_the_truth_than_the_plain_difference(people, build):
    transferred, plain = errors(*people, build)
    assert transferred < 0.9 * plain


@pytest.mark.parametrize("build", [wider, larger_and_turned, tapered])
def test_between_builds_of_a_scanned_rig_it_is_nearer_than_the_plain_difference(rig_478, build):
    random = np.random.default_rng(5)
    transferred, plain = [], []
    for _ in range(4):
        faces = [
            rig_478["neutral"] + np.tensordot(random.normal(0, 1, 100), rig_478["identities"], 1)
            for _ in range(2)
        ]
        pair = errors(*(face[:468] for face in faces), rig_478["expressions"][:51, :468], build)
        transferred.append(pair[0])
        plain.append(pair[1])
    assert np.mean(transferred) < 0.85 * np.mean(plain)


def test_between_equal_faces_it_is_exact(people):
    first, _, moves = people
    np.testing.assert_allclose(
        ExpressionTransfer(first, first).transfer(first + moves), first + moves, atol=1e-4
    )


def test_a_neutral_face_gives_the_neutral_target(people):
    first, second, _ = people
    np.testing.assert_allclose(ExpressionTransfer(first, second).transfer(first), second, atol=1e-5)


def test_it_turns_with_the_target(people):
    first, second, moves = people
    turn = rotation(0.5, -0.3, 0.8).astype(np.float64)
    still = ExpressionTransfer(first, second).transfer(first + moves)
    turned = ExpressionTransfer(first, second @ turn.T + 3).transfer(first + moves)
    np.testing.assert_allclose(turned, still @ turn.T + 3, atol=1e-4)


def test_a_mirrored_target_is_not_reached_by_a_mirror_image():
    """A face that is flat tells no mirror image; the maps keep left and right apart."""
    random = np.random.default_rng(0)
    flat = random.normal(0, 5, (60, 3)) * [1, 1, 0]
    maps = ExpressionTransfer(flat, flat @ rotation(0.7, 0, 0).T).maps
    assert np.linalg.det(maps).min() > 0.5


@pytest.mark.parametrize(
    ("source", "target", "reach", "said"),
    [
        (np.zeros((5, 3)), np.zeros((6, 3)), 1, r"\(5, 3\) and \(6, 3\); expected one shape"),
        (np.zeros((3, 3)), np.zeros((3, 3)), 1, "at least 4 vertices"),
        (np.zeros((5, 3)), np.ones((5, 3)), 1, "at one place"),
        (np.full((5, 3), np.nan), np.ones((5, 3)), 1, "not finite"),
        (np.eye(5, 3), np.ones((5, 3)), 0, "reach is 0"),
    ],
)
def test_what_is_no_pair_of_faces_is_an_error(source, target, reach, said):
    with pytest.raises(ValueError, match=said):
        ExpressionTransfer(source, target, reach)


def test_expressions_of_another_mesh_are_an_error(people):
    first, second, _ = people
    with pytest.raises(ValueError, match=r"expected \(F, 468, 3\)"):
        ExpressionTransfer(first, second).transfer(first[:400])
