"""The plan of a puppet: what the command line asks for, checked before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from attention_mesh.calculators.output.streaming.ifacialmocap_packet import VERSIONS
from attention_mesh.calculators.output.streaming.vmc_packets import EXPRESSIONS
from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.outputs.face_columns import FACE_COLUMNS
from attention_mesh.cli.outputs.open_sink import sink_kind
from attention_mesh.cli.puppet.streams import STREAMS, stream_side_packets
from attention_mesh.cli.run.path_checks import check_paths
from attention_mesh.cli.run.plan import FramePlan, RunOptions, check_fov, plan_run
from attention_mesh.drawing.avatar.avatar_renderer import RENDERERS
from attention_mesh.media.display_window import display_is_there
from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path

LAYOUTS = ("avatar", "over-frame", "side-by-side")
RECORD_SUFFIX = ".glb"


@dataclass(frozen=True)
class PuppetOptions:
    """The command line of `attention-mesh puppet`.

    Attributes:
      run: what the command has in common with `run`; its `show` is ignored.
      show: whether a window shows the picture; None if one is wanted where nothing is written.
      avatar: GLB file of the avatar; None for the built-in one.
      layout: one of LAYOUTS.
      height: of the picture, in pixels; 0 for the frame's.
      renderer: one of RENDERERS.
      record: GLB file for the animation.
      addresses: of the streams, by their flags; None for one that was not asked for.
      vmc_expressions: one of EXPRESSIONS.
      ifacialmocap_version: one of VERSIONS.
      virtual_camera: device of a virtual camera, "first" for the first free one; None for no camera.
      calibrate: seconds over which the neutral face of each person is learned; 0 to learn none.
      fov: the camera's vertical angle of view in degrees; None for 63.
      track: id of the face that is sent and recorded, 0 for the first one.
      pace: whether a film passes at its own pace; None if it does so for whom it is sent or shown to.
    """

    run: RunOptions
    show: bool | None = None
    avatar: Path | None = None
    layout: str = LAYOUTS[0]
    height: int = 0
    renderer: str = RENDERERS[0]
    record: Path | None = None
    addresses: Mapping[str, str | None] = field(default_factory=dict)
    vmc_expressions: str = EXPRESSIONS[0]
    ifacialmocap_version: int = VERSIONS[0]
    virtual_camera: str | None = None
    calibrate: float = 0.0
    fov: float | None = None
    track: int = 0
    pace: bool | None = None


@dataclass(frozen=True)
class PuppetPlan:
    """A puppet, ready to run.

    Attributes:
      frames: the run over the frames.
      paced: whether a film passes at its own pace.
    """

    frames: FramePlan
    paced: bool


def plan_puppet(options: PuppetOptions) -> PuppetPlan:
    """Checks the command line and decides what to run.

    Raises:
      UsageError: options are wrong or contradict each other.
    """
    _check_choice("--layout", options.layout, LAYOUTS)
    _check_choice("--avatar-renderer", options.renderer, RENDERERS)
    _check_choice("--vmc-expressions", options.vmc_expressions, EXPRESSIONS)
    _check_choice("--ifacialmocap-version", options.ifacialmocap_version, VERSIONS)
    if options.record is not None and options.record.suffix.lower() != RECORD_SUFFIX:
        raise UsageError(f"--record {options.record}: the animation is a {RECORD_SUFFIX} file")
    streams = stream_side_packets(options.addresses)
    sends = any(streams.values())
    show = _shows(options)
    if not (options.run.outputs or show or options.record or sends or options.virtual_camera):
        flags = ", ".join(["--output", "--record", *(stream.flag for stream in STREAMS), "--virtual-camera"])
        raise UsageError(
            f"nothing to do with the result: give one of {flags}, or --show (there is no display)"
        )
    side_packets: dict[str, Any] = {
        **streams,
        "vmc_expressions": options.vmc_expressions,
        "ifacialmocap_version": options.ifacialmocap_version,
        "virtual_camera": options.virtual_camera or "",
        "avatar": "" if options.avatar is None else str(options.avatar),
        "layout": options.layout.replace("-", "_"),
        "height": options.height,
        "renderer": options.renderer,
        "record": "" if options.record is None else str(options.record),
        "calibration_seconds": float(options.calibrate),
        "track": options.track,
    }
    if options.fov is not None:
        check_fov(options.fov)
        side_packets["vertical_fov_degrees"] = options.fov
    if options.avatar is not None and not options.avatar.is_file():
        problem = "this is no file" if options.avatar.exists() else "there is no such file"
        raise UsageError(f"--avatar {options.avatar}: {problem}")
    read = [] if options.avatar is None else [options.avatar]
    check_paths(options.run.input, options.run.outputs, None, read, options.record)
    plan = plan_run(
        replace(
            options.run,
            show=show,
            elsewhere=True,
            columns=tuple(FACE_COLUMNS) if "table" in map(sink_kind, options.run.outputs) else (),
            graph=face_mesh_graph_path("face_puppet"),
            allow_graph_files=True,  # it is ours, and --record may replace a file, as --output may
            graph_options={**options.run.graph_options, **side_packets},
        )
    )
    assert isinstance(plan, FramePlan)
    draw = "image" in plan.wanted or options.virtual_camera is not None
    plan = replace(plan, graph_options={**plan.graph_options, "draw": draw})
    pace = options.pace
    if pace is None:
        pace = sends or show or options.virtual_camera is not None
    return PuppetPlan(plan, pace)


def _shows(options: PuppetOptions) -> bool:
    if options.show is not None:
        return options.show
    written = options.run.outputs or options.record or options.virtual_camera
    return not written and display_is_there()


def _check_choice(flag: str, value: object, choices: tuple) -> None:
    if value not in choices:
        raise UsageError(f"{flag} {value}: expected one of {', '.join(map(str, choices))}")
