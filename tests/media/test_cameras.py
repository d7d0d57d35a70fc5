"""The list of cameras, on a folder that looks like that of Linux, and finding one by its name."""

import struct
import sys

import pytest

from attention_mesh.media.cameras import Camera, _can_capture, find_camera, list_cameras
from attention_mesh.media.errors import MediaError


@pytest.fixture
def sysfs(tmp_path):
    """Two cameras, of which the first has a node of metadata, and what is no camera."""
    folder = tmp_path / "video4linux"
    for node, name, index in [
        ("video10", "HD Pro Webcam C920", "0"),
        ("video2", "Integrated Camera: Integrated C", "0"),
        ("video3", "Integrated Camera: Integrated C", "1"),
        ("v4l-subdev0", "sensor", "0"),
    ]:
        (folder / node).mkdir(parents=True)
        (folder / node / "name").write_text(name + "\n")
        (folder / node / "index").write_text(index + "\n")
    return folder


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has this list")
@pytest.mark.parametrize("there", [False, True])
def test_linux_names_the_cameras_without_their_nodes_of_metadata(sysfs, tmp_path, there):
    devices = tmp_path / "dev"
    devices.mkdir()
    for node in ("video2", "video3", "video10") if there else ():
        (devices / node).touch()  # no device of V4L2, so it cannot be asked
    assert list_cameras(sysfs, devices) == [
        Camera(2, "Integrated Camera: Integrated C", devices / "video2"),
        Camera(10, "HD Pro Webcam C920", devices / "video10"),
    ]
    assert list_cameras(tmp_path / "absent", devices) == []


@pytest.mark.parametrize(
    ("device", "node", "expected"),
    [
        (0x84A00001, 0x04200001, True),  # a UVC camera's node of pictures
        (0x84A00001, 0x04A00000, False),  # its node of metadata
        (0x00000001, 0, True),  # an old driver without flags per node
        (0x80001000, 0x00001000, True),  # several planes
        (0x80000002, 0x00000002, False),  # an output
    ],
)
def test_the_flags_of_a_node_say_whether_it_delivers_pictures(device, node, expected):
    answer = struct.pack("16s32s32s6I", b"uvcvideo", b"C920", b"usb-1", 0, device, node, 0, 0, 0)
    assert _can_capture(answer) is expected


CAMERAS = [Camera(0, "HD Pro Webcam C920"), Camera(2, "Integrated Camera"), Camera(4, "Integrated Camera IR")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("c920", 0),
        ("HD Pro Webcam C920", 0),
        ("integrated camera", 2),
        ("IR", 4),
        ("absent", None),
        (" ", None),
    ],
)
def test_a_name_or_a_part_of_it_finds_the_camera(text, number):
    found = find_camera(text, CAMERAS)
    assert (None if found is None else found.number) == number


def test_a_name_of_several_cameras_is_an_error_with_their_numbers():
    with pytest.raises(MediaError, match=r"several .*: 2 \(Integrated Camera\), 4 \(Integrated Camera IR\)"):
        find_camera("integrated", CAMERAS)
