"""The shipped blend-shape network: size, speed, invariance, and what it sees in faces."""

import numpy as np
import pytest

from attention_mesh.models.inference.blendshape_network import MODEL, BlendshapeNetwork, reference_face
from attention_mesh.models.topology.blendshape_names import (
    BLENDSHAPE_NAMES,
    blendshape_index,
    mirrored_blendshapes,
)
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks

TO_IMAGE = np.array([1, -1, -1], np.float32)
PX_PER_CM = 20


def in_picture(points, degrees=0.0, scale=PX_PER_CM):
    """(1, 478, 3) landmarks in pixels of a face that is turned to the subject's left."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return ((points @ turn.T * TO_IMAGE) * scale + (300, 250, 0))[None].astype(np.float32)


def closed(points):
    """The face with both upper lids on the lower ones."""
    moved = points.copy()
    upper, lower = (246, 161, 160, 159, 158, 157, 173), (7, 163, 144, 145, 153, 154, 155)
    for high, low in zip(upper, lower, strict=True):
        for one, other in ((high, low), (mirror_landmarks()[high], mirror_landmarks()[low])):
            moved[one, :2] = points[other, :2]
    return moved


@pytest.fixture(scope="module")
def network():
    return BlendshapeNetwork()


def test_the_file_is_below_200_kb():
    assert MODEL.stat().st_size < 200_000


def test_a_mean_face_shows_next_to_nothing(network):
    coefficients = network.predict(in_picture(reference_face().points))
    assert coefficients.shape == (1, 52) and coefficients.dtype == np.float32
    assert coefficients.max() < 0.2
    assert coefficients[0, blendshape_index()["tongueOut"]] == 0


def test_an_open_mouth_and_closed_eyes_are_seen(network, opened_face):
    index = blendshape_index()
    face = reference_face().points
    assert network.predict(in_picture(opened_face(2.5)))[0, index["jawOpen"]] > 0.4
    blinks = network.predict(in_picture(closed(face)))[0, [index["eyeBlinkLeft"], index["eyeBlinkRight"]]]
    assert blinks.min() > 0.6


def test_lowered_brows_of_a_known_person_are_seen(network):
    face, groups = reference_face().points.copy(), landmark_groups()
    lids_cm, brows_cm = (face[groups[name], 1].min() for name in ("upper_lid_middles", "brows"))
    rising = ((face[:, 1] - lids_cm) / (brows_cm - lids_cm)).clip(0, 1)
    hairline_cm = face[:, 1].max()
    face[:, 1] -= 0.5 * rising * ((hairline_cm - face[:, 1]) / 2).clip(0, 1)
    neutral = reference_face().points
    brows = network.predict(in_picture(face), neutral)[0]
    index = blendshape_index()
    lowered = brows[[index["browDownLeft"], index["browDownRight"]]]
    assert lowered.min() > 0.2
    assert (
        brows[[index["browOuterUpLeft"], index["browOuterUpRight"], index["browInnerUp"]]].max()
        < lowered.min()
    )


def test_position_size_and_turn_do_not_matter(network, opened_face):
    face = opened_face(1.5)
    straight = network.predict(in_picture(face))
    other = network.predict(in_picture(face, degrees=35, scale=6.5))
    np.testing.assert_allclose(other, straight, atol=0.01)  # rounding of pixels in float32


def test_a_mirrored_face_has_mirrored_eyes(network):
    face = reference_face().points.copy()
    face[[159, 158, 160], 1] -= 0.6  # the right upper lid
    mirrored = face[mirror_landmarks()] * (-1, 1, 1)
    eyes = [name.startswith("eye") and "Squint" not in name for name in BLENDSHAPE_NAMES]
    first = network.predict(in_picture(face))[0]
    second = network.predict(in_picture(mirrored))[0][mirrored_blendshapes()]
    assert first[blendshape_index()["eyeBlinkRight"]] > first[blendshape_index()["eyeBlinkLeft"]] + 0.2
    # One network runs on both eyes.
    np.testing.assert_allclose(second[eyes], first[eyes], atol=1e-3)


def test_every_face_of_a_batch_is_as_alone(network, opened_face):
    faces = np.concatenate([in_picture(opened_face(cm)) for cm in np.linspace(0, 3, 11)])
    batch = network.predict(faces)
    alone = np.concatenate([network.predict(face[None]) for face in faces])
    np.testing.assert_allclose(batch, alone, atol=1e-5)
    assert (np.diff(batch[:, blendshape_index()["jawOpen"]]) > -1e-3).all()
    assert network.predict(faces[:0]).shape == (0, 52)


def test_a_calibrated_person_is_neutral_in_the_own_neutral_face(network, opened_face):
    person = opened_face(0.6)  # a long chin
    neutral = network.calibrate(np.concatenate([in_picture(person, degrees) for degrees in (-5, 0, 5)]))
    seen = in_picture(person)
    index = blendshape_index()["jawOpen"]
    assert network.predict(seen, neutral)[0, index] < 0.05 < network.predict(seen)[0, index]
    unknown = np.full((2, 478, 3), np.nan, np.float32)
    unknown[0] = neutral
    both = network.predict(np.concatenate([seen, seen]), unknown)
    np.testing.assert_allclose(both[0], network.predict(seen, neutral)[0], atol=1e-5)
    np.testing.assert_allclose(both[1], network.predict(seen)[0], atol=1e-5)


def test_a_face_without_extent_gets_zeros(network):
    coefficients = network.predict(np.zeros((1, 478, 3), np.float32))
    np.testing.assert_array_equal(coefficients, 0)


def test_errors_say_what_is_expected(network, tmp_path):
    with pytest.raises(ValueError, match=r"\(1, 468, 3\); expected \(F, 478, 3\)"):
        network.predict(np.zeros((1, 468, 3), np.float32))
    with pytest.raises(ValueError, match="no frame to calibrate with"):
        network.calibrate(np.zeros((0, 478, 3), np.float32))
    with pytest.raises(FileNotFoundError):
        BlendshapeNetwork(tmp_path / "none.tflite")
