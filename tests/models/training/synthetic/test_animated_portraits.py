"""Animated portraits: their labels agree with the official network's landmarks in the changed photo."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import FaceSample, LabeledFaces
from attention_mesh.models.training.synthetic.animated_portraits import AnimatedPortraits
from attention_mesh.models.training.synthetic.background import with_background
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.landmark_embedding import OfficialNetwork
from attention_mesh.models.training.synthetic.mouth_paint import paint_mouth

LIPS = [61, 291, 0, 17, 13, 14]


@pytest.fixture(scope="module")
def portrait(tmp_path_factory, astronaut) -> LabeledFaces:
    """The astronaut, labeled by the official network."""
    folder = tmp_path_factory.mktemp("portrait")
    cv2.imwrite(str(folder / "a.png"), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    matrix = cv2.getRotationMatrix2D((223.0, 118.0), -2.0, 192 / 210)
    matrix[:, 2] += 96 - np.array([223.0, 118.0])
    found = OfficialNetwork().landmarks(cv2.warpAffine(astronaut, matrix, (192, 192)))
    found[:, :2] = np.c_[found[:, :2], np.ones(478)] @ cv2.invertAffineTransform(matrix).T
    found[:, 2] *= 210 / 192
    LabelFile(["a.png"], found[None], np.ones((1, 478, 2)), np.ones(1)).write(folder / "labels.npz")
    return LabeledFaces(folder)


def shape(landmarks: np.ndarray) -> np.ndarray:
    """(6, 2) of the lips in the frame of the eyes, which an expression changes and a crop does not."""
    eyes = landmarks[[33, 263], :2]
    across = complex(*(eyes[1] - eyes[0]))
    places = (landmarks[LIPS, :2] - eyes.mean(0)) @ (1, 1j) / across
    return np.stack([places.real, places.imag], 1)


def test_labels_follow_the_change(portrait):
    animated = AnimatedPortraits(builtin_rig(), portrait, size=256)
    network, rng = OfficialNetwork(), np.random.default_rng(0)
    assert len(animated) == 1
    before = shape(portrait[0].landmarks)
    away, moved, unmoved = [], [], []
    for seed in range(32):
        sample = animated.sample(np.random.default_rng(seed))
        assert sample.image.shape == (256, 256, 3) and sample.image.dtype == np.uint8
        crop = Augmentation.none().crop(sample, 192, rng)
        found = network.landmarks(crop.image)
        apart = np.linalg.norm(crop.landmarks[263, :2] - crop.landmarks[33, :2])
        away.append(np.linalg.norm(found[:, :2] - crop.landmarks[:, :2], axis=1).mean() / apart)
        moved.append(np.linalg.norm(shape(sample.landmarks) - shape(found), axis=1).mean())
        unmoved.append(np.linalg.norm(before - shape(found), axis=1).mean())
    # Occluders hide some faces from the network, so the limit holds for most faces, not for all.
    assert np.median(away) < 0.05
    # The network finds the lips at the label's place, not at their place in the photo.
    changed = np.array(unmoved) > 0.08
    assert changed.sum() > 4
    assert np.mean(np.array(moved)[changed] < np.array(unmoved)[changed]) > 0.8


def test_the_same_number_gives_the_same_picture(portrait):
    animated = AnimatedPortraits(builtin_rig(), portrait, size=128)
    one, two = (animated.sample(np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one.image, two.image)
    np.testing.assert_array_equal(one.landmarks, two.landmarks)


def test_a_photo_of_partial_labels_is_passed_over(portrait, tmp_path):
    labels = portrait.labels
    landmarks = np.concatenate(
        [labels.landmarks, np.where(np.arange(478)[:, None] < 9, np.nan, labels.landmarks)]
    )
    both = LabelFile(["a.png", "b.png"], landmarks, np.ones((2, 478, 2)), np.ones(2))
    both.write(tmp_path / "labels.npz")
    assert len(AnimatedPortraits(builtin_rig(), LabeledFaces(portrait.folder, tmp_path / "labels.npz"))) == 1


def mouth(gap_px: float) -> np.ndarray:
    """(478, 2) of the built-in face, with its inner lips this far apart."""
    points = builtin_rig().landmarks(builtin_rig().neutral)[:, :2] * (20, -20) + 150
    lower = [14, 87, 178, 88, 95, 317, 402, 318, 324]
    upper = [13, 82, 81, 80, 191, 312, 311, 310, 415]
    points[lower, 1] = points[14, 1] + gap_px / 2
    points[upper, 1] = points[14, 1] - gap_px / 2
    return points


def test_a_mouth_is_painted_where_it_opened_alone():
    image = np.full((300, 300, 3), 180, np.uint8)
    closed, opened = mouth(1.0), mouth(30.0)
    for before, after in ((closed, closed), (opened, opened), (opened, closed)):
        assert paint_mouth(image, before, after, np.random.default_rng(0)) is image
    painted = paint_mouth(image, closed, opened, np.random.default_rng(0)).astype(int)
    changed = np.abs(painted - image).sum(2) > 30
    ys, xs = np.nonzero(changed)
    assert opened[78, 0] - 3 < xs.min() and xs.max() < opened[308, 0] + 3
    ring = opened[FaceTopology.load().ring("LIPS", 13), 1]
    assert ring.min() - 3 < ys.min() < ring.min() + 5 and ring.max() - 5 < ys.max() < ring.max() + 3
    assert (image == 180).all(), "the given picture is not written to"


def test_a_wall_is_replaced_and_what_stands_before_it_is_not():
    picture = np.full((80, 100, 3), 200, np.float32)
    picture[20:, 30:70] = (90, 60, 40)
    other = np.zeros_like(picture)
    result = with_background(picture, other)
    assert result[:15].max() < 5 and result[70, :20].max() < 5 and result[70, 85:].max() < 5
    np.testing.assert_allclose(result[40, 45:55], picture[40, 45:55], atol=1)
    busy = np.random.default_rng(0).uniform(0, 255, picture.shape).astype(np.float32)
    kept = np.abs(with_background(busy, other) - busy) < 5
    assert kept.mean() > 0.9


def test_an_unreadable_photo_is_named(portrait, tmp_path: Path):
    with pytest.raises(Exception, match=r"cannot read the picture .*a\.png"):
        AnimatedPortraits(builtin_rig(), LabeledFaces(tmp_path, portrait.folder / "labels.npz")).sample(
            np.random.default_rng(0)
        )
    assert isinstance(portrait[0], FaceSample)


def test_photos_that_are_all_doubtful_are_refused(portrait, tmp_path: Path):
    labels = portrait.labels
    LabelFile(labels.names, labels.landmarks, 0 * labels.weights, labels.presence).write(tmp_path / "l.npz")
    with pytest.raises(DatasetError, match="none of 1 photos has a whole, trusted face"):
        AnimatedPortraits(builtin_rig(), LabeledFaces(portrait.folder, tmp_path / "l.npz"))
