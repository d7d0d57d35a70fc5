"""The puppet graph: the face mesh, what the faces do, and who gets to know it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.framework import CalculatorGraph, ValidatedGraph
from attention_mesh.framework.graph_drawing import draw_graph
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)
from attention_mesh.tests.calculators.output.receivers import read_live_link, receiver

GRAPH = face_mesh_graph_path("face_puppet")
RESTING = {
    "calibration_seconds": 0.0,
    "avatar": "",
    "layout": "avatar",
    "height": 96,
    "renderer": "software",
    "draw": False,
    "record": "",
    "virtual_camera": "",
    "vmc_address": "",
    "vmc_expressions": "perfect-sync",
    "ifacialmocap_address": "",
    "ifacialmocap_version": 1,
    "livelink_address": "",
    "track": 0,
}


def run(name: str, images: list[np.ndarray], side_packets: dict | None = None) -> list[dict]:
    """Values by stream name, a dict an image; images are 40 ms apart."""
    graph = CalculatorGraph(validated_graph=ValidatedGraph(face_mesh_graph_path(name)), scheduler="caller")
    frames: list[dict] = [{} for _ in images]
    for entry in graph.validated_graph.outputs:
        graph.observe_output_stream(
            entry.name, lambda p, name=entry.name: frames[p.timestamp // 40_000].update({name: p.value})
        )
    with graph:
        graph.start_run(face_mesh_side_packets(num_threads=1, detector="short") | (side_packets or {}))
        for index, image in enumerate(images):
            graph.add_packet("image", image, index * 40_000)
    return frames


@pytest.fixture(scope="module")
def images(astronaut) -> list[np.ndarray]:
    """A face, upright and turned by 12° about the camera's axis, and a picture of nothing."""
    turn = cv2.getRotationMatrix2D((223, 118), 12, 1)  # counterclockwise on the screen
    turned = cv2.warpAffine(astronaut, turn, (512, 512))
    return [astronaut, turned, np.full((512, 512, 3), 9, np.uint8)]


def test_the_faces_are_those_of_the_face_mesh_and_what_nobody_asked_for_rests(images):
    plain, puppet = run("face_mesh", images), run("face_puppet", images, RESTING)
    for wanted, found in zip(plain, puppet, strict=True):
        np.testing.assert_array_equal(found["landmarks"].points, wanted["landmarks"].points)
        faces = len(wanted["landmarks"])
        assert found["poses"].shape == (faces, 4, 4)
        assert found["blendshapes"].shape == (faces, 52) and found["gaze"].shape == (faces, 3, 3)
        assert not found.keys() & {
            "puppet_image",
            "vmc_sent",
            "ifacialmocap_sent",
            "livelink_sent",
            "recorded",
        }
    assert [len(frame["poses"]) for frame in puppet] == [1, 1, 0]


def test_pictures_streams_and_a_recording_at_once(images, tmp_path):
    record = tmp_path / "puppet.glb"
    with receiver() as peer:
        side_packets = {"draw": True, "livelink_address": peer.address, "record": str(record)}
        frames = run("face_puppet", images, RESTING | side_packets)
        upright, turned = (read_live_link(data) for data in peer.datagrams(2))
        assert not peer.waiting()
    # Counterclockwise on the screen, the crown moves to the subject's right shoulder.
    assert np.degrees(turned.values["HeadRoll"] - upright.values["HeadRoll"]) == pytest.approx(-12, abs=1.5)
    assert [frame["puppet_image"].shape for frame in frames] == [(96, 96, 3)] * 3
    assert [frame["livelink_sent"].sent for frame in frames] == [1, 2, 2]
    assert [frame["recorded"] for frame in frames] == [1, 2, 2]
    assert record.read_bytes()[:4] == b"glTF"
    (nothing,) = np.unique(frames[2]["puppet_image"].reshape(-1, 3), axis=0)  # the background alone
    assert len(np.unique(frames[0]["puppet_image"].reshape(-1, 3), axis=0)) > 100


def test_the_graphs_picture_names_every_part():
    svg = draw_graph(ValidatedGraph(GRAPH))
    for part in (
        "FaceMesh",
        "FaceExpression",
        "AvatarRenderer",
        "GlbRecorder",
        "VmcSender",
        "VirtualCameraSink",
    ):
        assert part in svg
