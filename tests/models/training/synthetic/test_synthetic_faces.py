"""Synthetic faces: exact labels, the same picture from the same seed, and folders that are resumed."""

import cv2
import numpy as np
import pytest

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.camera import Camera
from attention_mesh.models.training.synthetic.expressions import random_expression
from attention_mesh.models.training.synthetic.face_rig import rotation
from attention_mesh.models.training.synthetic.portrait_fit import fit_portrait
from attention_mesh.models.training.synthetic.rasterizer import rasterize
from attention_mesh.models.training.synthetic.skin_atlas import SIZE, SkinAtlas, portrait_skins
from attention_mesh.models.training.synthetic.synthesize import synthesize
from attention_mesh.models.training.synthetic.synthetic_faces import SyntheticFaces


def test_the_same_seed_gives_the_same_sample_and_another_one_another():
    faces = SyntheticFaces(builtin_rig(), size=96)
    first, again, other = (faces.sample(np.random.default_rng(seed)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.landmarks, again.landmarks)
    assert np.abs(first.image.astype(int) - other.image).mean() > 5


def test_samples_show_faces_of_the_promised_size_and_some_none():
    faces = SyntheticFaces(builtin_rig(), size=96)
    samples = [faces.sample(np.random.default_rng(seed)) for seed in range(60)]
    with_face = [sample for sample in samples if sample.presence]
    assert 0 < len(samples) - len(with_face) < 15
    for sample in with_face:
        side = np.ptp(sample.landmarks[:, :2], axis=0).max()
        assert 0.45 * 96 < side < 0.75 * 96
        assert sample.landmarks[:, :2].min() > -5 and sample.landmarks[:, :2].max() < 101
        assert abs(sample.landmarks[:, 2].mean()) < 1e-3 * side


@pytest.mark.parametrize("yaw", [0.0, 0.35])
def test_landmarks_lie_on_the_pixels_of_their_triangles(yaw):
    """The camera projects a landmark into a triangle, on the screen, that has its vertex."""
    rig = builtin_rig()
    vertices = rig.vertices(np.zeros(0), {"jawOpen": 0.5})
    camera = Camera(rotation(yaw, 0, 0), np.zeros(3), 60.0, 60 * 14.0, (160.0, 160.0))
    landmarks = camera.landmarks(rig.landmarks(vertices))
    indices, _ = rasterize(camera.project(vertices), rig.triangles, 320, 320)
    visible = 0
    for number in (1, 4, 33, 263, 61, 291, 152, 10, 468, 473):
        x, y = np.floor(landmarks[number, :2]).astype(int)
        around = indices[y - 2 : y + 3, x - 2 : x + 3].ravel()
        corners = set(rig.triangles[around[around >= 0]].ravel().tolist())
        visible += rig.landmark_vertices[number, 0] in corners
    assert visible >= 8  # a turned face may hide the far mouth corner and an iris' pole


def test_depth_is_on_the_scale_of_x():
    """A face turned by 90° has its former width as depth."""
    rig = builtin_rig()
    points = rig.landmarks(rig.neutral)
    ahead, aside = (
        Camera(rotation(yaw, 0, 0), points.mean(0), 5000.0, 5000 * 10.0, (0.0, 0.0)).landmarks(points)
        for yaw in (0, np.pi / 2)
    )
    assert np.ptp(aside[:, 2]) == pytest.approx(np.ptp(ahead[:, 0]), rel=0.01)
    # A turn to the subject's left brings the right side closer to the camera: smaller z.
    assert aside[234, 2] < aside[454, 2]


def test_expressions_are_ones_that_the_rig_knows_and_stay_in_range():
    known = builtin_rig().expression_names
    rng = np.random.default_rng(0)
    drawn = [random_expression(rng, known) for _ in range(200)]
    assert all(0 < weight <= 1 for weights in drawn for weight in weights.values())
    assert {name for weights in drawn for name in weights if not name.startswith("eyeLook")} <= set(known)
    assert sum("jawOpen" in weights for weights in drawn) > 60
    assert sum("eyeLookUpLeft" in weights for weights in drawn) > 60


def test_a_portrait_becomes_the_skin_of_the_rig():
    """The skin baked from a picture of the rig has the colors of the drawn skin, if they were visible."""
    rig = builtin_rig()
    camera = Camera(rotation(0, 0, 0), np.zeros(3), 500.0, 500 * 22.0, (256.0, 256.0))
    landmarks = camera.landmarks(rig.landmarks(rig.neutral))
    fit = fit_portrait(rig, landmarks)
    assert fit.residual_px < 1.5
    # Red to the subject's right of the nose's line, green to its left.
    photo = np.zeros((512, 512, 3), np.uint8)
    photo[:, :256, 0] = 200
    photo[:, 256:, 1] = 200
    atlas = SkinAtlas(rig)
    skin = atlas.bake(photo, landmarks)
    assert skin.shape == (SIZE, 2 * SIZE, 3)
    texels = atlas.landmark_texels().astype(int)
    for right, left in ((50, 280), (105, 334), (205, 425)):
        assert skin[texels[right, 1], texels[right, 0]].tolist() == [200, 0, 0]
        assert skin[texels[left, 1], texels[left, 0]].tolist() == [0, 200, 0]


def test_skins_are_taken_from_frontal_portraits_alone(tmp_path, astronaut):
    rig = builtin_rig()
    ahead, aside = (
        Camera(rotation(yaw, 0, 0), np.zeros(3), 500.0, 500 * 10.0, (224.0, 120.0)).landmarks(
            rig.landmarks(rig.neutral)
        )
        for yaw in (0.1, 0.7)
    )
    cv2.imwrite(str(tmp_path / "a.png"), astronaut)
    ones = np.ones((2, 478, 2))
    labels = LabelFile(["a.png", "a.png"], np.stack([ahead, aside]), ones, np.ones(2))
    assert len(portrait_skins(rig, tmp_path, labels)) == 1
    with pytest.raises(DatasetError, match="none of 1 portraits"):
        portrait_skins(rig, tmp_path, LabelFile(["a.png"], aside[None], ones[:1], np.ones(1)))
    with pytest.raises(DatasetError, match="gone.png"):
        portrait_skins(rig, tmp_path, LabelFile(["gone.png"], ahead[None], ones[:1], np.ones(1)))


def test_a_folder_is_the_same_whoever_draws_it_and_goes_on_where_it_stopped(tmp_path):
    whole = synthesize(tmp_path / "whole", 20, size=64, seed=1, processes=2)
    synthesize(tmp_path / "parts", 5, size=64, seed=1, processes=1)
    kept = (tmp_path / "parts/images/000000.jpg").stat().st_mtime_ns
    parts = synthesize(tmp_path / "parts", 20, size=64, seed=1, processes=1)
    assert (tmp_path / "parts/images/000000.jpg").stat().st_mtime_ns == kept
    assert parts.names == whole.names and len(whole.names) == 20
    np.testing.assert_array_equal(parts.landmarks, whole.landmarks)
    for name in whole.names:
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
