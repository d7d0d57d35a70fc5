"""The plan of a puppet: what the command line asks for, and what is refused before anything is opened."""

from pathlib import Path

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.puppet import plan as plan_module
from attention_mesh.cli.puppet.plan import PuppetOptions, plan_puppet
from attention_mesh.cli.run.plan import RunOptions


@pytest.fixture(autouse=True)
def no_display(monkeypatch):
    monkeypatch.setattr(plan_module, "display_is_there", lambda: False)


def plan(outputs=(), **options):
    return plan_puppet(PuppetOptions(run=RunOptions(input="film.mp4", outputs=outputs), **options))


VMC = {"addresses": {"--vmc": "127.0.0.1"}}


@pytest.mark.parametrize(
    ("outputs", "options", "draw", "paced"),
    [
        (("a.mp4",), {}, True, False),
        ((), {"record": Path("a.glb")}, False, False),
        ((), VMC, False, True),
        (("a.mp4",), VMC, True, True),
        ((), {"virtual_camera": "first"}, True, True),
        ((), {"show": True}, True, True),
        ((), {**VMC, "pace": False}, False, False),
        (("a.mp4",), {"pace": True}, True, True),
    ],
)
def test_a_picture_is_drawn_for_who_sees_it_and_a_film_is_paced_for_who_waits(outputs, options, draw, paced):
    planned = plan(outputs, **options)
    assert planned.frames.graph_options["draw"] is draw
    assert planned.paced is paced


@pytest.mark.parametrize(
    ("outputs", "options", "shows"),
    [
        ((), {}, True),
        ((), VMC, True),
        (("a.mp4",), {}, False),
        ((), {"record": Path("a.glb")}, False),
        ((), {"virtual_camera": "first"}, False),
        (("a.mp4",), {"show": True}, True),
        ((), {**VMC, "show": False}, False),
    ],
)
def test_with_a_display_the_window_opens_where_nothing_is_written(monkeypatch, outputs, options, shows):
    monkeypatch.setattr(plan_module, "display_is_there", lambda: True)
    assert plan(outputs, **options).frames.show is shows


def test_the_options_become_side_packets():
    packets = plan(("a.mp4",), layout="side-by-side", track=2, vmc_expressions="vrm0").frames.graph_options
    assert packets["layout"] == "side_by_side" and packets["track"] == 2
    assert packets["vmc_expressions"] == "vrm0" and packets["avatar"] == ""
    assert not {"num_faces", "vertical_fov_degrees"} & packets.keys()  # the graph's defaults
    assert plan(("a.mp4",), fov=40.0).frames.graph_options["vertical_fov_degrees"] == 40.0


@pytest.mark.parametrize(
    ("outputs", "options", "message"),
    [
        ((), {}, "nothing to do with the result: give one of --output, --record, --vmc"),
        ((), {"show": False}, "nothing to do with the result"),
        (
            ("a.mp4",),
            {"layout": "mirror"},
            "--layout mirror: expected one of avatar, over-frame, side-by-side",
        ),
        (("a.mp4",), {"vmc_expressions": "vrm"}, "--vmc-expressions vrm: expected one of perfect-sync"),
        (("a.mp4",), {"ifacialmocap_version": 3}, "--ifacialmocap-version 3: expected one of 1, 2"),
        (("a.mp4",), {"fov": 0.5}, "--fov 0.5: expected degrees, 1 or more and below 180"),
        ((), {"record": Path("a.fbx")}, "--record a.fbx: the animation is a .glb file"),
        (("film.mp4",), {}, "--output film.mp4 is the input"),
        (("a.glb",), {}, "--output a.glb: no output has the suffix .glb"),
        (("a.mp4",), {"avatar": Path("none.glb")}, "--avatar none.glb: there is no such file"),
        ((), {"addresses": {"--livelink": "pc:x"}}, '--livelink "pc:x": the port is "x"'),
    ],
)
def test_what_cannot_be_is_refused(outputs, options, message):
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        plan(outputs, **options)


def test_a_recording_may_not_overwrite_the_avatar(tmp_path):
    avatar = tmp_path / "avatar.glb"
    avatar.write_bytes(b"glTF")
    with pytest.raises(UsageError, match="--record .* would overwrite .*avatar.glb"):
        plan(avatar=avatar, record=avatar)
