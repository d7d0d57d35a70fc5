"""The plan of a run: what the command line asks for, checked before anything is opened."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.outputs.open_sink import SinkKind, sink_kind
from attention_mesh.cli.run.graph_choice import OPTION_OF_SIDE_PACKET, layer_names, load_user_graph
from attention_mesh.cli.run.path_checks import check_paths
from attention_mesh.cli.run.side_packets import (
    check_side_packets,
    parse_side_packets,
    side_packet_of_port,
    side_packet_types,
)
from attention_mesh.framework import ValidatedGraph
from attention_mesh.media.camera_source import DRIVERS_CHOICE, CameraSettings
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file
from attention_mesh.media.video_codecs import choose_codec


@dataclass(frozen=True)
class RunOptions:
    """The command line of `attention-mesh run`.

    Attributes:
      input: text of --input.
      outputs: texts of --output.
      show: whether a window shows the pictures.
      graph: file of the user's graph; None for the face mesh.
      still_graph: file of the graph that takes its place if the frames are unrelated photos; None for none.
      graph_path, calculators: folders and files that belong to that graph.
      allow_graph_files: whether that graph may name what it writes itself, see `CalculatorGraph`.
      side_packets: ``name=value`` each.
      graph_options: values of the options that are side packets of the face mesh's graphs, by the name of the
        side packet; None for an option that was not given.
      max_frames: frames after which the run stops.
      fps: frames per second of a film that is written, and of photos that are read as a film.
      trace: file for the Chrome trace.
      codec, crf: of a film that is written; None for the container's default.
      audio: whether a film that is written gets the sound of the one that is read.
      camera: what to request of a camera.
      as_film: whether a folder's photos are the frames of one film.
      all_frames: whether tables have a row for a frame without a face.
      columns: options that add columns to tables, of `FACE_COLUMNS`.
      named_points: whether tables have the named landmarks in place of all.
      calibrate: seconds over which the neutral face of each person is learned, for blend shapes.
      fov: the camera's vertical angle of view in degrees, for poses and gaze; None for 63.
      elsewhere: whether the result goes elsewhere too, so that neither an output nor the window is required.
      rerun: where the run is logged for Rerun, see `RerunSink`; None for nowhere.
      virtual_camera: device of a virtual camera for the pictures, "first" for the first free one; None for
        none.
      value_columns: whether what the graph puts out beside faces and pictures becomes columns of tables.
    """

    input: str | None = None
    outputs: tuple[str, ...] = ()
    show: bool = False
    graph: Path | None = None
    still_graph: Path | None = None
    graph_path: tuple[Path, ...] = ()
    calculators: tuple[Path, ...] = ()
    allow_graph_files: bool = False
    side_packets: tuple[str, ...] = ()
    graph_options: Mapping[str, Any] = field(default_factory=dict)
    max_frames: int | None = None
    fps: float | None = None
    trace: Path | None = None
    codec: str | None = None
    crf: float | None = None
    audio: bool = True
    camera: CameraSettings = DRIVERS_CHOICE
    as_film: bool = False
    all_frames: bool = False
    columns: tuple[str, ...] = ()
    named_points: bool = False
    calibrate: float = 0.0
    fov: float | None = None
    elsewhere: bool = False
    rerun: str | None = None
    virtual_camera: str | None = None
    value_columns: bool = False


@dataclass(frozen=True)
class FramePlan:
    """A run that feeds the frames of an input to a graph and writes what comes out.

    Attributes:
      input: camera number, URL, file or folder.
      outputs: paths.
      kinds: what each output is.
      show: whether a window shows the pictures.
      graph: the user's graph; None for the face mesh, whose graph depends on the input.
      still_graph: takes its place if the frames are unrelated photos.
      side_packets: ``name=value`` each; they win over `graph_options`.
      graph_options: values of the options that were given, by the name of the side packet.
      max_frames, fps, trace, codec, crf, audio, camera, as_film, all_frames, columns, named_points,
        calibrate, fov, rerun, virtual_camera, value_columns,
        allow_graph_files: see `RunOptions`.
    """

    input: str
    outputs: tuple[str, ...]
    kinds: tuple[SinkKind, ...]
    show: bool
    graph: ValidatedGraph | None
    still_graph: ValidatedGraph | None
    side_packets: tuple[str, ...]
    graph_options: Mapping[str, Any]
    max_frames: int | None
    fps: float | None
    trace: Path | None
    codec: str | None = None
    crf: float | None = None
    audio: bool = True
    camera: CameraSettings = DRIVERS_CHOICE
    as_film: bool = False
    all_frames: bool = False
    columns: tuple[str, ...] = ()
    named_points: bool = False
    calibrate: float = 0.0
    fov: float | None = None
    rerun: str | None = None
    virtual_camera: str | None = None
    value_columns: bool = False
    allow_graph_files: bool = False

    def graph_of(self, still: bool) -> ValidatedGraph | None:
        """The graph for unrelated photos, or for a video; None for the face mesh."""
        return self.still_graph if still else self.graph

    @property
    def wanted(self) -> set[str]:
        """What the graph must put out: "image", "landmarks", or "table" for landmarks or other values."""
        wanted = {"landmarks"} if self.rerun else set()
        if "table" in self.kinds:
            wanted.add("table" if self.value_columns else "landmarks")
        if self.show or self.virtual_camera or any(kind != "table" for kind in self.kinds):
            wanted.add("image")
        return wanted

    @property
    def only_crops(self) -> bool:
        """Whether frames are only cropped for networks: neither drawn on, shown, nor given to others."""
        return self.graph is None and self.rerun is None and "image" not in self.wanted


@dataclass(frozen=True)
class SelfFedPlan:
    """A run of a graph without input streams, whose nodes read and write their files themselves.

    Attributes:
      graph: the user's graph.
      side_packets: all of them, by name.
      output: path that the graph writes; None if the command line names none.
      trace: file for the Chrome trace.
      replaced: names of side packets whose files the user lets it replace.
      allow_graph_files: see `RunOptions`.
    """

    graph: ValidatedGraph
    side_packets: dict[str, Any]
    output: str | None
    trace: Path | None
    replaced: tuple[str, ...] = ()
    allow_graph_files: bool = False


def plan_run(options: RunOptions) -> FramePlan | SelfFedPlan:
    """Checks the command line and decides what to run. Reads the graph's files and opens nothing else.

    Raises:
      UsageError: options are wrong or contradict each other, or do not fit the graph.
      MediaError: the file of --trace cannot be written.
      ConfigError: the graph is invalid.
    """
    if (options.graph_path or options.calculators) and options.graph is None:
        raise UsageError("--graph-path and --calculators belong to --graph")
    graph_files = [*([options.graph] if options.graph else []), *options.calculators]
    recording = _check_rerun(options.rerun)
    check_paths(options.input, options.outputs, options.trace, graph_files, rerun=recording)
    if options.trace is not None:
        check_file(options.trace)
    graph = None
    if options.graph is not None:
        graph = load_user_graph(options.graph, options.graph_path, options.calculators)
        if not graph.inputs:
            return _plan_self_fed(options, graph)
    return _plan_frames(options, graph)


def _plan_frames(options: RunOptions, graph: ValidatedGraph | None) -> FramePlan:
    if options.input is None:
        raise UsageError("--input is missing: a video, image, folder, stream or camera (0 is the first)")
    elsewhere = options.elsewhere or options.rerun or options.virtual_camera
    if not options.outputs and not options.show and not elsewhere:
        raise UsageError("nothing to do with the result: give --output, --show, --rerun or --virtual-camera")
    kinds = tuple(map(sink_kind, options.outputs))
    _check_encoding(options, kinds)
    if options.all_frames and "table" not in kinds:
        raise UsageError("--all-frames does not apply: no --output is a table")
    if options.named_points and "table" not in kinds:
        raise UsageError("--columns named does not apply: no --output is a table")
    for option in options.columns:
        if "table" not in kinds and not options.rerun:
            raise UsageError(f"{option} does not apply: no --output is a table, and there is no --rerun")
    if not math.isfinite(options.calibrate):
        raise UsageError(f"--calibrate {options.calibrate}: expected a number of seconds")
    if options.calibrate and "--blendshapes" not in options.columns:
        raise UsageError("--calibrate does not apply: it is for --blendshapes")
    layers = _layers(options.graph_options.get("layers"))
    shown = options.show or options.virtual_camera or options.elsewhere
    if layers and not shown and all(kind == "table" for kind in kinds):
        raise UsageError(
            "--draw does not apply: no --output is a picture, and there is no --show or --virtual-camera"
        )
    graph_options = {name: value for name, value in options.graph_options.items() if value is not None}
    if options.fov is not None and "gaze" in layers:
        graph_options["vertical_fov_degrees"] = options.fov
    if options.fov is not None:
        check_fov(options.fov)
        if not {"--pose", "--gaze"} & set(options.columns) and "gaze" not in layers:
            raise UsageError("--fov does not apply: it is for --pose, --gaze and --draw gaze")
    return FramePlan(
        input=options.input,
        outputs=options.outputs,
        kinds=kinds,
        show=options.show,
        graph=graph,
        still_graph=load_user_graph(options.still_graph) if options.still_graph else graph,
        side_packets=options.side_packets,
        graph_options=graph_options,
        max_frames=options.max_frames,
        fps=options.fps,
        trace=options.trace,
        codec=options.codec,
        crf=options.crf,
        audio=options.audio,
        camera=options.camera,
        as_film=options.as_film,
        all_frames=options.all_frames,
        columns=options.columns,
        named_points=options.named_points,
        calibrate=options.calibrate,
        fov=options.fov,
        rerun=options.rerun,
        virtual_camera=options.virtual_camera,
        value_columns=options.value_columns,
        allow_graph_files=options.allow_graph_files,
    )


def _check_rerun(target: str | None) -> Path | None:
    """The file of --rerun, if it is one. Raises UsageError if it is nothing that can be opened."""
    if target is None:
        return None
    if not target.strip():
        raise UsageError("--rerun: the text is empty; expected viewer, a file.rrd, or host:port of a viewer")
    path = Path(target)
    if path.suffix.lower() == ".rrd":
        return path
    if target == "viewer":
        from attention_mesh.media.display_window import display_is_there

        if not display_is_there():
            raise UsageError("--rerun viewer: there is no display; give a file.rrd, or host:port of a viewer")
        return None
    from attention_mesh.media.network_address import parse_address

    try:
        parse_address(target, 1)
    except MediaError as error:
        raise UsageError(
            f"--rerun {target}: expected viewer, a file.rrd, or host:port of a viewer"
        ) from error
    return None


def _layers(text: str | None) -> list[str]:
    """The layers that --draw names; none without it."""
    if text is None:
        return []
    from attention_mesh.drawing.layers.layers import named_layers

    names = layer_names(text)
    try:
        named_layers(names)
    except ValueError as error:
        raise UsageError(f"--draw {text}: {error}") from error
    return names


def check_fov(degrees: float) -> None:
    """Raises UsageError if --fov is no angle of view."""
    if not 1 <= degrees < 180:
        raise UsageError(f"--fov {degrees:g}: expected degrees, 1 or more and below 180")


def _encoding_flags(options: RunOptions) -> dict[str, object]:
    return {"--codec": options.codec, "--crf": options.crf, "--no-audio": None if options.audio else True}


def _frame_flags(options: RunOptions) -> dict[str, object]:
    return {
        "--as-video": options.as_film or None,
        "--all-frames": options.all_frames or None,
        **dict.fromkeys(options.columns, True),
        "--columns": options.named_points or None,
        "--calibrate": options.calibrate or None,
        "--fov": options.fov,
        "--camera-size": options.camera.size,
        "--camera-fps": options.camera.fps,
        "--camera-format": options.camera.format,
        "--rerun": options.rerun,
        "--virtual-camera": options.virtual_camera,
    }


def _check_encoding(options: RunOptions, kinds: tuple[SinkKind, ...]) -> None:
    films = [name for name, kind in zip(options.outputs, kinds, strict=True) if kind == "video"]
    for flag, value in _encoding_flags(options).items():
        if value is not None and not films:
            raise UsageError(f"{flag} does not apply: no --output is a film")
    for name in films:
        try:
            choose_codec(name, options.codec, options.crf)
        except MediaError as error:
            raise UsageError(f"--output {error}") from error


def _plan_self_fed(options: RunOptions, graph: ValidatedGraph) -> SelfFedPlan:
    given: dict[str, object] = {"--show": options.show or None, "--max-frames": options.max_frames}
    given |= {"--fps": options.fps, **_encoding_flags(options), **_frame_flags(options)}
    given |= {OPTION_OF_SIDE_PACKET[name]: value for name, value in options.graph_options.items()}
    for flag, value in given.items():
        if value is not None:
            raise UsageError(
                f"{flag} does not apply: the graph has no input stream, it reads its file itself"
            )
    if len(options.outputs) > 1:
        raise UsageError(
            f"--output {options.outputs[1]}: a graph without input streams writes one file itself"
        )
    output = options.outputs[0] if options.outputs else None
    packets: dict[str, Any] = {}
    replaced: tuple[str, ...] = ()
    for flag, tag, path in (
        ("--input", "INPUT_FILE_PATH", options.input),
        ("--output", "OUTPUT_FILE_PATH", output),
    ):
        if path is None:
            continue
        name = side_packet_of_port(graph, tag)
        if name is None:
            raise UsageError(
                f"{flag} {path}: the graph has no input stream, and none of its nodes takes a side packet "
                f"{tag} from outside"
            )
        packets[name] = path
        if flag == "--output":
            replaced = (name,)
    packets.update(parse_side_packets(options.side_packets, side_packet_types(graph)))
    check_side_packets(graph, packets)
    return SelfFedPlan(graph, packets, output, options.trace, replaced, options.allow_graph_files)
