"""OBJ mesh: a file is read, and an error names an unreadable file."""

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.errors import RigError
from attention_mesh.models.training.synthetic.obj_mesh import ObjMesh, read_obj_vertices

QUAD = """# a square and a triangle
mtllib some.mtl
v 0 0 0
v 1.5 0 0
v 1 1 0
v 0 1 -2e-1
vt 0 0
vt 1 0
vt 1 1
vt 0 1
vn 0 0 1
usemtl skin
f 1/1/1 2/2/1 3/3/1 4/4/1
f 1/4 3/3 4/1
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "mesh.obj"
    file.write_text(text, encoding="ascii")
    return file


def test_polygons_become_triangles(tmp_path):
    mesh = ObjMesh.read(written(tmp_path, QUAD))
    np.testing.assert_allclose(mesh.vertices, [[0, 0, 0], [1.5, 0, 0], [1, 1, 0], [0, 1, -0.2]], atol=1e-7)
    np.testing.assert_array_equal(mesh.triangles, [[0, 1, 2], [0, 2, 3], [0, 2, 3]])
    np.testing.assert_array_equal(mesh.uv_triangles, [[0, 1, 2], [0, 2, 3], [3, 2, 0]])
    assert mesh.uv.shape == (4, 2)
    np.testing.assert_array_equal(read_obj_vertices(tmp_path / "mesh.obj"), mesh.vertices)


def test_texture_coordinates_may_be_missing(tmp_path):
    mesh = ObjMesh.read(written(tmp_path, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"))
    assert mesh.triangles.tolist() == [[0, 1, 2]] and mesh.uv_triangles.shape == (0, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v 0 0 0\nv 1 0 0\nf 1 2 3\n", "names corner 3, but there are 2"),
        ("v 0 0\nv 1 0 0\n", "different lengths"),
        ("v 0 0 nought\n", "could not convert"),
        ("v 0 0 0\nf 1 one 1\n", "not a readable OBJ file"),
    ],
)
def test_a_broken_file_is_named(tmp_path, text, message):
    with pytest.raises(RigError, match=f"mesh.obj.*{message}"):
        ObjMesh.read(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RigError, match="cannot read .*mesh.obj: No such file"):
        read_obj_vertices(tmp_path / "mesh.obj")
