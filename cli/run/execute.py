"""Executes the plan of a run over frames: opens its input, graph, outputs and window, and runs them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.open_input import open_input
from attention_mesh.cli.outputs.face_columns import (
    FACE_COLUMNS,
    FaceColumns,
    column_names,
    named_points,
)
from attention_mesh.cli.outputs.landmark_rows import COLUMNS, LANDMARKS_COLUMN
from attention_mesh.cli.outputs.open_sink import FilmOptions, open_sink
from attention_mesh.cli.outputs.record_sink import RecordSink
from attention_mesh.cli.outputs.value_columns import ValueColumns
from attention_mesh.cli.run.frame_run import FrameRun
from attention_mesh.cli.run.graph_choice import choose_graph, face_mesh_graph
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.cli.run.kept_memory import keep_freed_memory
from attention_mesh.cli.run.plan import FramePlan
from attention_mesh.cli.run.report import RunOutcome
from attention_mesh.framework import CalculatorGraph
from attention_mesh.media.camera_source import CameraSource
from attention_mesh.media.image_format import is_image_path
from attention_mesh.media.paced_source import PacedSource
from attention_mesh.media.video_source import VideoSource
from attention_mesh.python_bindings.cpu_images import with_cpu_images

if TYPE_CHECKING:
    from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph

_DEFAULT_FPS = 30.0  # of a video, if the input does not say
_STILL_FPS = 1.0  # of a video of photos
_COORDINATE = re.compile(r"[xyz]\d+")  # the columns of landmarks


def _nothing(graph: CalculatorGraph) -> None:
    """Leaves the graph alone."""


@dataclass(frozen=True)
class RunExtras:
    """What a command adds to a run over frames.

    Attributes:
      sinks: opened; they take the records beside the plan's outputs, and the run closes them.
      watch: called with the graph before it starts.
      paced: whether a film passes at its own pace.
    """

    sinks: Sequence[RecordSink] = ()
    watch: Callable[[CalculatorGraph], None] = _nothing
    paced: bool = False


def execute_frames(plan: FramePlan, extras: RunExtras = RunExtras()) -> RunOutcome:
    """Runs the plan; errors while frames go through are in the outcome.

    Raises:
      UsageError: graph, options and input do not fit.
      MediaError: the input or an output cannot be opened.
      ConfigError: the graph is invalid.
    """
    window = None
    if plan.show:
        from attention_mesh.media.display_window import DisplayWindow

        window = DisplayWindow(f"Attention Mesh: {plan.input}")
    keep_freed_memory()
    cv2.setNumThreads(1)  # decoding, the graph and writing have threads of their own, which it would disturb
    with open_input(
        plan.input,
        camera=plan.camera,
        as_film=plan.as_film,
        fps=plan.fps,
        film_channels=4 if plan.only_crops else 3,
        keeps_format=_keeps_format(plan, extras),
        meanwhile=partial(_prepare, plan),
    ) as source:
        _check_source(plan, source)
        paced = extras.paced or plan.virtual_camera is not None
        frames = PacedSource(source) if paced and not (source.live or source.still) else source
        choice = choose_graph(
            plan.graph_of(source.still),
            still=source.still,
            live=source.live,
            wanted=plan.wanted,
            given=plan.graph_options,
            entries=plan.side_packets,
            trace=plan.trace is not None,
            allow_graph_files=plan.allow_graph_files,
        )
        _check_landmarks(plan, choice.side_packets)
        fps = plan.fps or source.fps or (_STILL_FPS if source.still else _DEFAULT_FPS)
        film = FilmOptions(
            keep_time=not source.still,
            constant=plan.fps is not None,
            codec=plan.codec,
            crf=plan.crf,
            sound=source.sound if plan.audio else None,
        )
        groups = [FACE_COLUMNS[option] for option in plan.columns]
        if plan.named_points:
            groups.append(named_points())
        measured = {name for group in groups for name in group.outputs}
        has_table = "table" in plan.kinds
        takes_values = has_table or plan.rerun is not None
        ports = choice.ports.collecting(measured, plan.value_columns and takes_values)
        choice = replace(choice, ports=ports)
        if groups and ports.landmarks is None:
            flag = plan.columns[0] if plan.columns else "--columns named"
            raise UsageError(f"{flag} does not apply: the graph puts out no landmarks")
        values = _value_columns(ports, groups) if ports.values and has_table else None
        if plan.calibrate and "blendshapes" in choice.ports.expression:
            raise UsageError("--calibrate does not apply: the graph measures blend shapes itself")
        drawn = "vertical_fov_degrees" in plan.graph_options
        unmeasured = {"poses", "gaze"} & (measured - choice.ports.expression.keys())
        if plan.fov is not None and not (drawn or unmeasured):
            raise UsageError("--fov does not apply: the graph measures poses and gaze itself")
        expression_packets: dict[str, Any] = {"calibration_seconds": plan.calibrate}
        if plan.fov is not None:
            expression_packets["vertical_fov_degrees"] = plan.fov
        sinks = [
            open_sink(
                name,
                fps,
                film,
                all_frames=plan.all_frames or ports.landmarks is None,
                groups=groups,
                landmarks=not plan.named_points and ports.landmarks is not None,
                values=values,
            )
            for name in plan.outputs
        ]
        sinks += _viewers(plan, fps)
        extras.watch(choice.graph)
        sinks += extras.sinks
        run = FrameRun(
            frames,
            choice,
            sinks,
            window=window,
            max_frames=plan.max_frames,
            trace=plan.trace,
            expression=_expression(
                measured - choice.ports.expression.keys(),
                source,
                {**expression_packets, **choice.side_packets},
            ),
        )
        outcome = run.run()
        if values is not None and (notice := values.notice()) is not None:
            outcome.notices.append(notice)
        return outcome


def _value_columns(ports: GraphPorts, groups: Sequence[FaceColumns]) -> ValueColumns:
    """Columns for the graph's other outputs. Raises UsageError if one has the name of another column."""
    taken = {*COLUMNS, *column_names(groups), *(group.key for group in groups), LANDMARKS_COLUMN, "roi"}
    for stream in ports.values:
        if stream in taken or _COORDINATE.fullmatch(stream):
            raise UsageError(
                f'--graph: its output "{stream}" has the name of another column of tables; give the stream '
                "another name"
            )
    return ValueColumns(ports.values)


def _viewers(plan: FramePlan, fps: float) -> list[RecordSink]:
    """What shows the run in other programs."""
    sinks: list[RecordSink] = []
    if plan.rerun is not None:
        from attention_mesh.cli.outputs.rerun_sink import RerunSink

        sinks.append(RerunSink(plan.rerun))
    if plan.virtual_camera is not None:
        from attention_mesh.cli.outputs.virtual_camera_sink import VirtualCameraSink

        device = None if plan.virtual_camera == "first" else plan.virtual_camera
        sinks.append(VirtualCameraSink(device, fps))
    return sinks


def _expression(
    measured: Collection[str], source: VideoSource, side_packets: Mapping[str, Any]
) -> FaceExpressionGraph | None:
    """What measures attributes of results. Photos have no blinks, because they have no time."""
    outputs = sorted(name for name in measured if not (source.still and name == "blinks"))
    if not outputs:
        return None
    from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph

    return FaceExpressionGraph(outputs, side_packets)


def _check_landmarks(plan: FramePlan, side_packets: Mapping[str, Any]) -> None:
    needy = [option for option in plan.columns if option in ("--blendshapes", "--gaze")]
    if needy and plan.graph is None and side_packets.get("with_attention") is False:
        raise UsageError(
            f"{needy[0]} needs 478 landmarks, and with_attention=false gives 468; leave that side packet out"
        )


def _keeps_format(plan: FramePlan, extras: RunExtras) -> bool:
    """Whether only the graph sees the frames, and takes them in the format of a film or a camera."""
    if plan.graph is None or plan.rerun is not None or extras.sinks:
        return False
    return GraphPorts.of(with_cpu_images(plan.graph)).takes_raw


def _prepare(plan: FramePlan) -> None:
    """Builds the graph that the input is likely to need, while FFmpeg opens it. A wrong guess costs time."""
    if plan.graph is None:
        path = Path(plan.input)
        face_mesh_graph(not plan.as_film and (path.is_dir() or is_image_path(path)), "image" in plan.wanted)


def _check_source(plan: FramePlan, source: VideoSource) -> None:
    if plan.camera and not isinstance(source, CameraSource):
        raise UsageError(f"--camera-size, --camera-fps and --camera-format: {plan.input} is no camera")
    if plan.calibrate and source.still:
        raise UsageError("--calibrate does not apply: images are unrelated, and it learns over time")
    if "image" in plan.kinds and source.length != 1:
        raise UsageError(
            f"--output {plan.outputs[plan.kinds.index('image')]}: one image cannot hold {plan.input}; write "
            "to a video or a folder"
        )
