"""Face alignment: takes out position, size and turn, and nothing else."""

import numpy as np
import pytest

from attention_mesh.geometry.face_alignment import FaceAlignment

RNG = np.random.default_rng(3)
REFERENCE = RNG.normal(0, (4, 5, 2), (40, 3)).astype(np.float32)
TO_IMAGE = np.array([1, -1, -1])


def turned(points, seed, scale=7.0):
    """The points as landmarks in pixels: turned at random, scaled, moved."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    return ((points @ turn.T * scale + rng.normal(0, 50, 3)) * TO_IMAGE).astype(np.float32)


def test_a_moved_reference_comes_back():
    faces = np.stack([turned(REFERENCE, seed, 3 + seed) for seed in range(8)])
    aligned = FaceAlignment(REFERENCE, np.ones(40)).align(faces)
    # float32 with coordinates of about 100 px
    np.testing.assert_allclose(aligned, np.broadcast_to(REFERENCE, aligned.shape), atol=2e-4)
    assert aligned.dtype == np.float32


def test_weights_keep_moving_parts_out():
    moved = REFERENCE.copy()
    moved[:10] += (1.0, 0.5, 0.0)
    weights = np.ones(40)
    weights[:10] = 0
    aligned = FaceAlignment(REFERENCE, weights).align(turned(moved, 1)[None])[0]
    np.testing.assert_allclose(aligned, moved, atol=2e-4)


def test_a_mirrored_face_is_turned_but_never_mirrored():
    mirrored = REFERENCE * (-1, 1, 1)
    aligned = FaceAlignment(REFERENCE, np.ones(40)).align((mirrored * TO_IMAGE)[None].astype(np.float32))[0]
    change, *_ = np.linalg.lstsq(mirrored - mirrored.mean(0), aligned - aligned.mean(0), rcond=None)
    assert np.linalg.det(change) > 0


def test_a_face_without_extent_is_nan_and_spares_the_others():
    faces = np.stack(
        [turned(REFERENCE, 5), np.zeros((40, 3), np.float32), np.full((40, 3), np.nan, np.float32)]
    )
    aligned = FaceAlignment(REFERENCE, np.ones(40)).align(faces)
    np.testing.assert_allclose(aligned[0], REFERENCE, atol=2e-4)
    assert np.isnan(aligned[1:]).all()


def test_no_face_gives_no_face():
    assert FaceAlignment(REFERENCE, np.ones(40)).align(np.zeros((0, 40, 3), np.float32)).shape == (0, 40, 3)


def test_wrong_landmarks_are_an_error():
    with pytest.raises(ValueError, match=r"\(2, 39, 3\); expected \(F, 40, 3\)"):
        FaceAlignment(REFERENCE, np.ones(40)).align(np.zeros((2, 39, 3), np.float32))
