"""Label file: writing and reading, 68-point annotations, and errors for wrong files."""

import numpy as np
import pytest

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LabeledFaces

RNG = np.random.default_rng(0)


def a_file(tmp_path, **arrays):
    file = tmp_path / "labels.npz"
    np.savez(file, **arrays)
    return file


def test_a_round_through_a_file_changes_nothing(tmp_path):
    labels = LabelFile(
        ["a.jpg", "b/c.png"], RNG.random((2, 478, 3)), RNG.random((2, 478, 2)), np.array([1, 0])
    )
    labels.write(tmp_path / "labels.npz")
    again = LabelFile.read(tmp_path / "labels.npz")
    assert again.names == labels.names
    for name in ("landmarks", "weights", "presence"):
        np.testing.assert_array_equal(getattr(again, name), np.float32(getattr(labels, name)))


def test_without_weights_what_is_not_nan_counts(tmp_path):
    landmarks = RNG.random((2, 478, 3)).astype(np.float32)
    landmarks[0, 5, 2] = np.nan
    landmarks[1] = np.nan
    labels = LabelFile.read(a_file(tmp_path, names=np.array(["a", "b"]), landmarks=landmarks))
    assert labels.weights[0, 5].tolist() == [1, 0]
    assert labels.weights[0].sum() == 2 * 478 - 1
    assert labels.presence.tolist() == [1, 0]


def test_68_points_become_51_landmarks_without_depth(tmp_path):
    points = RNG.random((1, 68, 2)).astype(np.float32)
    labels = LabelFile.read(a_file(tmp_path, names=np.array(["a"]), pts=points))
    assert labels.weights[0].sum(0).tolist() == [51, 0]
    np.testing.assert_array_equal(labels.landmarks[0, 33, :2], points[0, 36])
    np.testing.assert_array_equal(labels.landmarks[0, 14, :2], points[0, 66])
    assert np.isnan(labels.landmarks[0, 33, 2])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"landmarks": np.zeros((1, 478, 3))}, "expected names"),
        ({"names": np.array(["a"])}, "landmarks or pts"),
        ({"names": np.array(["a"]), "landmarks": np.zeros((2, 478, 3))}, r"expected \(1, 478, 3\)"),
        ({"names": np.array(["a"]), "pts": np.zeros((1, 5, 2))}, r"pts has shape \(1, 5, 2\)"),
        (
            {"names": np.array(["a"]), "landmarks": np.zeros((1, 478, 3)), "presence": np.zeros(3)},
            "presence has shape",
        ),
    ],
)
def test_a_wrong_file_says_which_array_is_wrong(tmp_path, arrays, message):
    with pytest.raises(DatasetError, match=message):
        LabelFile.read(a_file(tmp_path, **arrays))


def test_a_file_that_is_no_npz_or_not_there_is_refused(tmp_path):
    (tmp_path / "text.npz").write_text("not an archive")
    for name in ("text.npz", "nothing.npz"):
        with pytest.raises(DatasetError, match=name):
            LabelFile.read(tmp_path / name)


def test_a_folder_gives_its_pictures_with_their_labels(faces_folder):
    faces = LabeledFaces(faces_folder)
    assert len(faces) == 48
    sample = faces[0]
    assert sample.image.shape == (128, 128, 3)
    np.testing.assert_array_equal(sample.landmarks, faces.labels.landmarks[0])


def test_a_missing_picture_is_named(tmp_path):
    names = np.array(["gone.jpg"])
    faces = LabeledFaces(tmp_path, a_file(tmp_path, names=names, landmarks=np.zeros((1, 478, 3))))
    with pytest.raises(DatasetError, match="gone.jpg"):
        faces[0]


def test_held_out_pictures_depend_on_names_alone_and_are_trusted(tmp_path):
    def held_out(count: int) -> set[str]:
        names = [f"{number}.png" for number in range(count)]
        weights = np.ones((count, 478, 2))
        weights[::10] = 0  # doubtful
        LabelFile(names, np.zeros((count, 478, 3)), weights, np.ones(count)).write(tmp_path / "labels.npz")
        learned, measured = LabeledFaces(tmp_path).split(0.2)
        assert set(learned.labels.names) | set(measured.labels.names) == set(names)
        assert len(learned) + len(measured) == count and measured.labels.weights.all()
        return set(measured.labels.names)

    assert len(held_out(100)) == 18  # a fifth of 90
    assert len(held_out(100) - held_out(110)) <= 2
    assert len(held_out(4)) == 1
    with pytest.raises(DatasetError, match="expected 2 or more"):
        held_out(2)
