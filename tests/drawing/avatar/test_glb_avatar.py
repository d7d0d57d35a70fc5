"""GLB avatars: names in every spelling, places of nodes, and one clear error for what is no avatar."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.drawing.avatar.avatar_glb import AvatarGlb
from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
from attention_mesh.drawing.avatar.glb_avatar import MOST_VERTICES, load_glb_avatar
from attention_mesh.drawing.avatar.glb_builder import GlbBuilder
from attention_mesh.drawing.errors import AvatarError
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.tests.drawing.avatar.glb_heads import METERS, head, parts

NEUTRAL = np.zeros(len(BLENDSHAPE_NAMES), np.float32)


def one(name: str) -> np.ndarray:
    return np.float32([shape == name for shape in BLENDSHAPE_NAMES])


def spelled(style: str) -> list[str]:
    names = []
    for name in BLENDSHAPE_NAMES:
        if style == "_L":
            for side in ("Left", "Right"):
                if name.endswith(side) and name.removesuffix(side) not in ("jaw", "mouth"):
                    name = f"{name.removesuffix(side)}_{side[0]}"
        names.append({"Perfect Sync": name[0].upper() + name[1:], "dotted": f"Face.{name}"}.get(style, name))
    return names


@pytest.mark.parametrize("style", ["ARKit", "_L", "Perfect Sync", "dotted"])
def test_every_spelling_of_a_name_moves_the_same_vertex(tmp_path: Path, style: str) -> None:
    model = load_glb_avatar(head(tmp_path / "head.glb", spelled(style)))
    still, _ = model.posed(NEUTRAL, np.eye(4))
    for row, name in enumerate(BLENDSHAPE_NAMES):
        moved = model.posed(one(name), np.eye(4))[0] - still
        if not name.startswith(("eyeBlink", "mouthSmile")):
            assert np.flatnonzero(np.abs(moved).max(1) > 1e-4).tolist() == [100 + row], name
            assert moved[100 + row, 0] == pytest.approx(1, abs=0.1)  # cm; the placement scales a little


PLACES = {
    "moved": {"translation": [0.3, 1.6, -0.2]},
    "turned and scaled": {"rotation": [0, 1, 0, 0], "scale": [3, 3, 3], "translation": [0, 1, 0]},
    "matrix by columns": {"matrix": [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 5, 6, 7, 1]},
}


@pytest.mark.parametrize("node", PLACES.values(), ids=PLACES)
def test_a_head_anywhere_lies_on_the_canonical_face(tmp_path: Path, node: dict) -> None:
    model = load_glb_avatar(head(tmp_path / "head.glb", node=node))
    # This head's blinks and smiles move other points than those of the built-in avatar: 1 cm.
    np.testing.assert_allclose(model.vertices, canonical_face().vertices[:468], atol=1)
    still, _ = model.posed(NEUTRAL, np.eye(4))
    moved = model.posed(one("jawOpen"), np.eye(4))[0] - still
    row = 100 + BLENDSHAPE_NAMES.index("jawOpen")
    assert abs(moved[row, 0]) == pytest.approx(1, abs=0.1)


def test_the_builtin_avatar_comes_back_from_its_file(tmp_path: Path) -> None:
    builtin = builtin_avatar()
    (tmp_path / "avatar.glb").write_bytes(AvatarGlb(builtin).file())
    model = load_glb_avatar(tmp_path / "avatar.glb")
    weights = np.random.default_rng(2).uniform(0, 0.6, len(BLENDSHAPE_NAMES)).astype(np.float32)
    pose = np.eye(4, dtype=np.float32)
    pose[0, 0] = pose[2, 2] = 0.8
    pose[0, 2], pose[2, 0] = 0.6, -0.6
    gaze = np.float32([[0.6, 0.2, 1]] * 3)
    # The head turns, the eyes follow the gaze, and the body stays upright, as the joints say.
    expected, got = (avatar.posed(weights, pose, gaze)[0] for avatar in (builtin, model))
    assert len(model.eyes) == 2
    # Every point has its twin, but not at the same index: points on the border of two materials are stored
    # twice, which shifts the means of the placement a little.
    for points, others in ((expected[::7], got), (got[::7], expected)):
        nearest = [np.linalg.norm(others - point, axis=1).min() for point in points]
        assert max(nearest) < 0.05  # cm


def test_what_is_no_avatar_is_one_error_with_all_that_it_has_and_lacks(tmp_path: Path) -> None:
    face = canonical_face().vertices[:468] * METERS
    many = np.concatenate([face, np.zeros((200_000 - 468, 3))])
    cases = {
        "no morph targets": (head(tmp_path / "a.glb", []), ["Head_Mesh", "468 vertices", "0 morph targets"]),
        "other names": (
            head(tmp_path / "b.glb", [f"Fcl_MTH_{letter}" for letter in "AEIOU"]),
            ["5 morph targets", "Fcl_MTH_A", "0 of them ARKit's", "eyeBlinkLeft", "at least 10 of 52"],
        ),
        "unnamed": (head(tmp_path / "c.glb", uses_extras=False), ["52 morph targets", "unnamed 0"]),
        "too many": (
            head(tmp_path / "d.glb", ["A"], points=many),
            ["200,000", f"{MOST_VERTICES:,}", "ARKit"],
        ),
    }
    for name, (path, says) in cases.items():
        with pytest.raises(AvatarError) as error:
            load_glb_avatar(path)
        for part in (path.name, *says):
            assert part in str(error.value), (name, part, str(error.value))


def test_a_picture_that_is_none_is_an_error_of_one_line(tmp_path: Path) -> None:
    data = AvatarGlb(builtin_avatar()).file()
    places = [at for at in range(len(data)) if data[at : at + 4] in (b"\x89PNG", b"\xff\xd8\xff\xe0")]
    assert places
    broken = bytearray(data)
    for at in places:
        broken[at : at + 16] = bytes(16)
    (tmp_path / "broken.glb").write_bytes(broken)
    with pytest.raises(AvatarError, match="broken.glb: image 0") as error:
        load_glb_avatar(tmp_path / "broken.glb")
    assert "\n" not in str(error.value) and "loadsave.cpp" not in str(error.value)


def test_a_file_cut_short_anywhere_is_one_error(tmp_path: Path) -> None:
    data = head(tmp_path / "whole.glb").read_bytes()
    cut = tmp_path / "cut.glb"
    lengths = np.unique(np.r_[0:32, np.linspace(32, len(data) - 1, 60).astype(int)])
    for length in lengths.tolist():
        cut.write_bytes(data[:length])
        with pytest.raises(AvatarError, match=r"cut\.glb"):
            load_glb_avatar(cut)
        if length >= 20:  # the header says another length; a header that agrees does not help
            cut.write_bytes(data[:8] + struct.pack("<I", length) + data[12:length])
            with pytest.raises(AvatarError, match=r"cut\.glb"):
                load_glb_avatar(cut)


def test_damaged_json_is_an_avatar_error(tmp_path: Path) -> None:
    tree, binary = parts(head(tmp_path / "head.glb").read_bytes())

    def with_change(change: dict) -> Path:
        text = json.dumps({**tree, **change}).encode()
        text += b" " * (-len(text) % 4)
        body = (
            struct.pack("<I4s", len(text), b"JSON")
            + text
            + struct.pack("<I4s", len(binary), b"BIN\0")
            + binary
        )
        path = tmp_path / "damaged.glb"
        path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body)
        return path

    changes: list[dict] = [
        {"nodes": [{"mesh": 7}]},
        {"nodes": [{"mesh": 0, "children": [0]}]},
        {"nodes": "none"},
        {"scenes": [{"nodes": [5]}]},
        {"accessors": []},
        {"accessors": [{**entry, "count": 10**9} for entry in tree["accessors"]]},
        {"accessors": [{**entry, "componentType": 1} for entry in tree["accessors"]]},
        {"accessors": [{**entry, "bufferView": 999} for entry in tree["accessors"]]},
        {"bufferViews": [{**view, "byteOffset": -4} for view in tree["bufferViews"]]},
        {"nodes": [{"mesh": 0, "rotation": [1, 2]}]},
        {"meshes": [{"primitives": [{**tree["meshes"][0]["primitives"][0], "indices": 3}]}]},
        {"extensionsRequired": ["KHR_draco_mesh_compression"]},
        {"meshes": [None]},
        {"nodes": [{"mesh": "x"}]},
    ]
    for change in changes:
        with pytest.raises(AvatarError, match=r"damaged\.glb"):
            load_glb_avatar(with_change(change))


def test_random_damage_never_raises_another_error(tmp_path: Path) -> None:
    data = bytearray(head(tmp_path / "head.glb", list(BLENDSHAPE_NAMES)[:12]).read_bytes())
    text = struct.unpack_from("<I", data, 12)[0]
    rng, path, refused = np.random.default_rng(4), tmp_path / "damaged.glb", 0
    for _ in range(300):
        damaged = bytearray(data)
        for place in rng.integers(0, 20 + text, rng.integers(1, 4)):
            damaged[place] = rng.choice(np.frombuffer(b'0123456789-[]{}",:anull', np.uint8))
        path.write_bytes(damaged)
        try:
            load_glb_avatar(path)
        except AvatarError:
            refused += 1
    assert refused > 100


def test_gltf_with_files_beside_it_is_pointed_to_glb(tmp_path: Path) -> None:
    path = tmp_path / "head.gltf"
    path.write_text('{"asset": {"version": "2.0"}}')
    with pytest.raises(AvatarError, match=r"pack it as \.glb"):
        load_glb_avatar(path)


def test_a_mesh_without_names_of_its_own_takes_its_primitive_s(tmp_path: Path) -> None:
    builder = GlbBuilder("test")
    face = canonical_face()
    points = (face.vertices[:468] * METERS).astype(np.float32)
    rows = np.arange(20)
    values = np.full((20, 3), METERS, np.float32)
    primitive = {
        "attributes": {"POSITION": builder.add_array(points, bounds=True)},
        "indices": builder.add_array(face.triangles.astype(np.uint16).ravel()),
        "targets": [{"POSITION": builder.add_sparse(rows + 10 * k, values, 468)} for k in range(12)],
        "extras": {"targetNames": list(BLENDSHAPE_NAMES[-12:])},
    }
    builder.add("meshes", {"primitives": [primitive]})
    builder.add("nodes", {"mesh": 0})
    path = tmp_path / "head.glb"
    path.write_bytes(builder.file())
    model = load_glb_avatar(path)
    moved = model.posed(one(BLENDSHAPE_NAMES[-1]), np.eye(4))[0] - model.posed(NEUTRAL, np.eye(4))[0]
    assert np.flatnonzero(np.abs(moved).max(1) > 1e-4).tolist() == list(range(110, 130))
