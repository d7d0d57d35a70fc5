"""Rendered faces: the pictures show the landmarks that go with them, and repeat."""

import numpy as np
import pytest

from attention_mesh.models.blendshapes.rendered_faces import RenderedFaces
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig


def render(count, pictures):
    """Faces of the built-in rig; a finder that keeps the pictures, and finds every other face."""

    def find(picture):
        pictures.append(picture)
        return np.full((478, 3), len(pictures), np.float32) if len(pictures) % 2 else None

    return RenderedFaces.render(builtin_rig(), count, {"kept": find}, size=160, seed=3)


def test_faces_repeat_and_lie_in_their_pictures(tmp_path):
    pictures: list[np.ndarray] = []
    faces = render(3, pictures)
    again: list[np.ndarray] = []
    render(2, again)
    np.testing.assert_array_equal(again[1], pictures[1])  # face n depends only on n
    assert faces.coefficients.shape == (3, 52) and faces.true.shape == (3, 478, 3)
    assert pictures[0].shape == (160, 160, 3) and pictures[0].dtype == np.uint8
    middles = faces.true[:, :, :2].mean(1)
    np.testing.assert_allclose(middles, 80, atol=10)  # px
    heights = np.ptp(faces.true[:, :, 1], axis=1)
    assert (heights > 60).all() and (heights < 140).all()
    assert np.isfinite(faces.found[0, [0, 2]]).all() and np.isnan(faces.found[0, 1]).all()
    faces.save(tmp_path / "faces.npz")
    np.testing.assert_array_equal(RenderedFaces.load(tmp_path / "faces.npz").true, faces.true)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DatasetError, match="holds no rendered faces"):
        RenderedFaces.load(tmp_path / "none.npz")
