"""The connection sets are those of the topology, under MediaPipe's names."""

from __future__ import annotations

import pytest

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.python_bindings.solutions import face_mesh, face_mesh_connections

CONNECTIONS = FaceTopology.load().connections


@pytest.mark.parametrize("name", CONNECTIONS)
def test_set_is_offered_by_both_modules(name: str) -> None:
    assert getattr(face_mesh_connections, f"FACEMESH_{name}") is CONNECTIONS[name]
    assert getattr(face_mesh, f"FACEMESH_{name}") is CONNECTIONS[name]


def test_unions_have_their_parts() -> None:
    c = face_mesh_connections
    assert c.FACEMESH_CONTOURS == (
        c.FACEMESH_LIPS
        | c.FACEMESH_LEFT_EYE
        | c.FACEMESH_LEFT_EYEBROW
        | c.FACEMESH_RIGHT_EYE
        | c.FACEMESH_RIGHT_EYEBROW
        | c.FACEMESH_FACE_OVAL
    )
    assert c.FACEMESH_IRISES == c.FACEMESH_LEFT_IRIS | c.FACEMESH_RIGHT_IRIS
