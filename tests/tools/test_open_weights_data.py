"""The data of the open weights: the split of the portraits, and pictures without a face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.media.image_file import write_image
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LabeledFaces
from attention_mesh.tools import open_weights_data
from attention_mesh.tools.open_weights_data import margins, split_portraits, write_faceless

FACE = (slice(30, 70), slice(20, 60))  # rows and columns, px


@pytest.fixture(scope="module")
def portraits(tmp_path_factory) -> tuple[Path, LabelFile]:
    """40 checkered pictures of 160 px with a white face each; 20 shows the same as 0, and 30 has no trust."""
    folder = tmp_path_factory.mktemp("portraits")
    rng = np.random.default_rng(0)
    names, landmarks = [f"{number:02d}.png" for number in range(40)], np.zeros((40, 478, 3), np.float32)
    pictures = rng.integers(0, 200, (40, 8, 8, 3), np.uint8).repeat(20, 1).repeat(20, 2)
    pictures[20] = pictures[0]
    for name, picture in zip(names, pictures, strict=True):
        picture[FACE] = 255
        write_image(folder / name, picture)
    rows, columns = FACE
    landmarks[:, :, 0] = rng.uniform(columns.start, columns.stop, (40, 478))
    landmarks[:, :, 1] = rng.uniform(rows.start, rows.stop, (40, 478))
    weights = np.ones((40, 478, 2), np.float32)
    weights[30] = 0
    return folder, LabelFile(names, landmarks, weights, np.ones(40, np.float32))


def test_no_portrait_is_learned_that_is_chosen_by(portraits, monkeypatch):
    monkeypatch.setattr(open_weights_data, "_VALIDATION", 15)
    folder, labels = portraits
    train, validation = split_portraits(folder, labels)
    assert len(validation.names) == 15 and not set(train.names) & set(validation.names)
    assert "30.png" not in {*train.names, *validation.names}
    left_out = set(labels.names) - {*train.names, *validation.names, "30.png"}
    doubles = {"00.png", "20.png"}
    apart = len(doubles & set(validation.names)) == 1  # then the other one is left out
    assert left_out == (doubles - set(validation.names) if apart else set())


def test_a_portrait_that_looks_like_one_to_choose_by_is_not_learned(portraits, monkeypatch):
    """However names decide: all pictures are made to show the same."""
    monkeypatch.setattr(open_weights_data, "_VALIDATION", 3)
    monkeypatch.setattr(open_weights_data, "_look", lambda picture: np.full(4, 0.5, np.float32))
    train, validation = split_portraits(*portraits)
    assert len(validation.names) == 3 and not train.names


def test_the_split_does_not_depend_on_the_order(portraits):
    folder, labels = portraits
    train, validation = split_portraits(folder, labels)
    turned = split_portraits(folder, labels.rows(range(39, -1, -1)))
    assert [set(train.names), set(validation.names)] == [set(part.names) for part in turned]


def test_margins_show_no_piece_of_the_face(portraits):
    folder, labels = portraits
    found = margins(folder, labels, 25, np.random.default_rng(0))
    assert [picture.shape for picture in found] == [(160, 160, 3)] * 25
    # A face is white: 255. Squares below 200 reaches at most 255 by cubic enlargement, but not over an area.
    assert max(float((picture.min(2) > 240).mean()) for picture in found) < 0.02


def test_faces_that_fill_their_pictures_have_no_margins(portraits):
    folder, labels = portraits
    large = LabelFile(labels.names, labels.landmarks.copy(), labels.weights, labels.presence)
    large.landmarks[:, 0, :2], large.landmarks[:, 1, :2] = 0, 160
    with pytest.raises(DatasetError, match="too little room for 1 squares"):
        margins(folder, large, 1, np.random.default_rng(0))


def test_pictures_without_a_face_are_read_as_such(tmp_path):
    write_faceless(tmp_path, [np.full((32, 32, 3), level, np.uint8) for level in (0, 128)])
    faces = LabeledFaces(tmp_path)
    assert len(faces) == 2
    for sample in (faces[0], faces[1]):
        assert sample.presence == 0 and np.isnan(sample.landmarks).all() and not sample.weights.any()
    assert faces[1].image.mean() == pytest.approx(128, abs=1)
