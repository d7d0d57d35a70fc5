"""Rigs: the built-in rig and a packed ICT-FaceKit have the same properties."""

import json
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.errors import RigError
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import FaceRig, Material, rotation
from attention_mesh.models.training.synthetic.ict_facekit import load_rig, pack_ict_facekit
from attention_mesh.models.training.synthetic.ict_objs import read_ict_objs

ARKIT_USED = {"jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft", "browInnerUp", "mouthPucker"}


@pytest.fixture(params=["built-in", "ICT-FaceKit"])
def rig(request) -> FaceRig:
    if request.param == "built-in":
        return builtin_rig()
    folder = Path(__file__).resolve().parents[5] / "shared" / "rig"
    if not folder.is_dir():
        pytest.skip(f"no ICT-FaceKit at {folder}")
    return load_rig(folder)


def test_its_arrays_fit_one_another(rig):
    count = len(rig.neutral)
    assert rig.triangles.min() >= 0 and rig.triangles.max() < count
    assert rig.uv.shape == (len(rig.triangles), 3, 2) and len(rig.materials) == len(rig.triangles)
    assert rig.expressions.shape == (len(rig.expression_names), count, 3)
    assert rig.identities.shape[1:] == (count, 3)
    np.testing.assert_allclose(rig.landmark_weights.sum(1), 1, atol=1e-4)
    assert set(rig.materials.tolist()) >= set(Material) - {Material.GUMS}
    skin = rig.materials <= Material.HEAD
    assert rig.uv[skin].min() >= 0 and rig.uv[skin].max() <= 1
    assert set(rig.expression_names) >= ARKIT_USED


def test_it_is_a_face_of_about_life_size_and_symmetric(rig):
    points = rig.landmarks(rig.neutral)
    assert points.shape == (478, 3)
    assert 8 < points[263, 0] - points[33, 0] < 10
    assert points[10, 1] > points[1, 1] > points[13, 1] > points[152, 1]
    assert points[1, 2] > points[33, 2] > points[234, 2]  # nose before eyes before ears
    mirrored = points[mirror_landmarks()] * (-1, 1, 1)
    assert np.linalg.norm(points - mirrored, axis=1).max() < 0.25


def test_lids_close_and_the_jaw_opens(rig):
    neutral = rig.landmarks(rig.vertices(np.zeros(0), {}))
    blink = rig.landmarks(rig.vertices(np.zeros(0), {"eyeBlinkLeft": 1.0}))
    gap = neutral[386, 1] - neutral[374, 1]
    assert abs(blink[386, 1] - blink[374, 1]) < 0.25 * gap
    np.testing.assert_allclose(blink[159], neutral[159], atol=0.01)  # the other eye stays open
    opened = rig.landmarks(rig.vertices(np.zeros(0), {"jawOpen": 1.0}))
    assert opened[13, 1] - opened[14, 1] > neutral[13, 1] - neutral[14, 1] + 1.5
    assert np.linalg.norm(opened[10] - neutral[10]) < 0.05


def test_eyes_turn_about_their_centers_to_the_named_side(rig):
    neutral = rig.landmarks(rig.vertices(np.zeros(0), {}))
    left = rig.landmarks(rig.vertices(np.zeros(0), {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}))
    up = rig.landmarks(rig.vertices(np.zeros(0), {"eyeLookUpLeft": 1.0, "eyeLookUpRight": 1.0}))
    for eye in rig.eyes:
        iris = eye.landmarks
        assert left[iris, 0] - neutral[iris, 0] > 0.4 * eye.radius  # sin 30° of it
        assert up[iris, 1] - neutral[iris, 1] > 0.3 * eye.radius
        for moved in (left, up):
            away = np.linalg.norm(moved[iris : iris + 5] - eye.center, axis=1)
            np.testing.assert_allclose(
                away, np.linalg.norm(neutral[iris : iris + 5] - eye.center, axis=1), atol=0.05
            )


def test_identities_change_the_face_but_not_the_eyeballs_shape(rig):
    one = rig.vertices(np.random.default_rng(0).normal(size=len(rig.identities)), {})
    assert np.abs(rig.landmarks(one) - rig.landmarks(rig.neutral)).max() > 0.3
    for eye in rig.eyes:
        ball, rest = one[eye.first : eye.last], rig.neutral[eye.first : eye.last]
        np.testing.assert_allclose(np.ptp(ball, axis=0), np.ptp(rest, axis=0), atol=1e-3)


def test_an_unknown_expression_is_refused(rig):
    with pytest.raises(KeyError, match="no expression 'jawDrop'"):
        rig.vertices(np.zeros(0), {"jawDrop": 1.0})


def test_a_folder_without_a_rig_is_refused(tmp_path):
    with pytest.raises(RigError, match="ict_facekit.npz"):
        load_rig(tmp_path)
    for name in ("ict_facekit.npz", "ict_478.npz"):
        np.savez(tmp_path / name, other=np.zeros(1))
    with pytest.raises(RigError, match="part_names"):
        load_rig(tmp_path)


def test_rotation_turns_as_named():
    ahead, up = np.array([0, 0, 1]), np.array([0, 1, 0])
    assert (rotation(0.3, 0, 0) @ ahead)[0] > 0  # to the subject's left, the picture's right
    assert (rotation(0, 0.3, 0) @ ahead)[1] > 0  # up
    assert (rotation(0, 0, 0.3) @ up)[0] > 0  # clockwise as the camera sees it


def write_objs(folder: Path, arrays: dict[str, np.ndarray], identities: int) -> None:
    """Writes a packed ICT-FaceKit as its authors publish it, with only the first identities."""
    folder.mkdir()
    faces = [
        "f " + " ".join(f"{vertex + 1}/{texture + 1}" for vertex, texture in zip(*corners, strict=True))
        for corners in zip(arrays["triangles"], arrays["tri_uv"], strict=True)
    ]
    texture = [f"vt {u:.7f} {v:.7f}" for u, v in arrays["uv"]]

    def write(name: str, delta: np.ndarray | float, rest: list[str]) -> None:
        lines = ["v {:.9f} {:.9f} {:.9f}".format(*place) for place in arrays["neutral"] + delta]
        (folder / name).write_text("\n".join([*lines, *rest]) + "\n", encoding="ascii")

    write("generic_neutral_mesh.obj", 0.0, [*texture, *faces])
    for kind, count in (("expression", 4), ("identity", identities)):
        for row in range(count):
            (name, *others) = arrays[f"{kind}_source"][row].split(" + ")
            if not others:
                write(Path(name).name, arrays[f"{kind}_q"][row] * arrays[f"{kind}_scale"][row], [])
    indices = json.dumps({"idx_to_landmark_verts": arrays["multipie68"].tolist()})
    (folder / "vertex_indices.json").write_text(indices, encoding="utf-8")


def test_the_authors_files_give_the_packed_rig(tmp_path):
    folder = Path(__file__).resolve().parents[5] / "shared" / "rig"
    if not folder.is_dir():
        pytest.skip(f"no ICT-FaceKit at {folder}")
    with np.load(folder / "ict_facekit.npz") as packed:
        arrays = {name: packed[name] for name in packed}
    write_objs(tmp_path / "objs", arrays, 2)
    with pytest.raises(RigError, match="pack them first: attention-mesh pack-rig"):
        load_rig(tmp_path / "objs")
    pack_ict_facekit(tmp_path / "objs", tmp_path / "packed", _guess, pictures=1)
    ours, theirs = load_rig(tmp_path / "packed"), load_rig(folder)
    np.testing.assert_allclose(ours.neutral, theirs.neutral, atol=1e-6)
    np.testing.assert_array_equal(ours.triangles, theirs.triangles)
    assert (ours.materials != theirs.materials).sum() <= 1
    assert set(ours.expression_names) == {"browDownLeft", "browDownRight", "browOuterUpLeft"}
    for row, name in enumerate(ours.expression_names):
        known = theirs.expressions[theirs.expression_names.index(name)]
        np.testing.assert_allclose(ours.expressions[row], known, atol=1e-4)
    np.testing.assert_allclose(ours.identities, theirs.identities[:2], atol=1e-4)
    for eye, known in zip(ours.eyes, theirs.eyes, strict=True):
        np.testing.assert_allclose(eye.center, known.center, atol=0.03)
        assert np.degrees(np.arccos(eye.axis @ known.axis)) < 1
        assert (eye.side, eye.first, eye.last) == (known.side, known.first, known.last)
    away = np.linalg.norm(ours.landmarks(ours.neutral) - theirs.landmarks(theirs.neutral), axis=1)
    assert away[468:].mean() < 0.1


def _guess(crop: np.ndarray) -> np.ndarray:
    """Finds no real landmarks: the test is about the content of the files."""
    assert crop.shape == (192, 192, 3)
    return np.full((478, 3), 96.0)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (None, "", "cannot read .*generic_neutral_mesh.obj"),
        ("generic_neutral_mesh.obj", "v 0 0 0\n", "has 1 vertices; an ICT-FaceKit has 26719"),
    ],
)
def test_another_folder_is_no_ict_facekit(tmp_path, name, text, message):
    if name:
        (tmp_path / name).write_text(text, encoding="ascii")
    with pytest.raises(RigError, match=message):
        read_ict_objs(tmp_path)
