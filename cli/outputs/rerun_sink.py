"""Logs a run for the viewer Rerun: frames, landmarks, scores and what the faces do, beside each other."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.value_columns import short_vector
from attention_mesh.drawing.layers.contours_layer import ContoursLayer
from attention_mesh.drawing.layers.irises_layer import LEFT_IRIS, RIGHT_IRIS
from attention_mesh.drawing.layers.layer import rgb
from attention_mesh.drawing.layers.line_width import face_sizes
from attention_mesh.extras import install_command
from attention_mesh.forks import keep_forever
from attention_mesh.geometry.head_pose import euler_angles
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file, file_identity, make_folder_of
from attention_mesh.media.network_address import NetworkAddress, parse_address
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES, FaceTopology
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

VIEWER = "viewer"
RECORDING_SUFFIX = ".rrd"
# Rerun's thread may die of a full disk, and would be waited for without end.
_FLUSH_SECONDS = 30.0
_DEFAULT_PORT = 9876
_CONNECT_S = 3.0
_JPEG_QUALITY = 85
_GAZE_LENGTH = 0.5  # of an arrow, in sizes of the face
_ROOTS = ("frame", "mesh", "scores", "pose", "blendshapes", "eyes")


class RerunSink:
    """Logs records to a file, to a viewer that runs, or to one that it starts.

    A face is ``face_<track id>``, or its number in the frame from 1 if it has no id. The entities are:

    - ``frame``: the frame as a JPEG picture, and ``frame/face_1`` the landmarks and contours on it, in
      pixels;
    - ``mesh/face_1``: landmarks and contours in space, in pixels, x to the right, y down, z away from the
      camera; ``mesh/face_1/gaze`` an arrow per eye;
    - ``scores/face_1``; and if they were measured ``pose/face_1`` (pitch, yaw, roll in degrees),
      ``blendshapes/face_1`` (52 curves) and ``eyes/face_1`` (aspect ratios, left and right);
    - ``values/<stream>``: what else a graph of the user's puts out, if it is a number or up to 16 of them.

    The timelines are ``frame``, its number, and ``time``. A face that is gone is cleared.

    Args:
        target: "viewer", a file with the suffix .rrd, or "host" or "host:port" of a viewer.

    Raises:
        MediaError: rerun-sdk is not installed (the text names the extra), the file cannot be written, or no
            viewer listens there.
    """

    takes_pictures = False

    def __init__(self, target: str) -> None:
        self.name = target
        self.written = 0
        self._rerun = _package()
        self._address: NetworkAddress | None = None
        if is_recording(target):
            check_file(Path(target))
        elif target != VIEWER:
            self._address = parse_address(target, _DEFAULT_PORT)
            _check_listens(self._address)
        self._stream: Any = None
        self._file: tuple[int, int] | None = None  # the identity of the recording
        self._shown: set[str] = set()
        topology = FaceTopology.load()
        style = ContoursLayer()
        groups = (
            (style.color, ("FACE_OVAL", "LIPS")),
            (style.left_color, ("LEFT_EYE", "LEFT_EYEBROW")),
            (style.right_color, ("RIGHT_EYE", "RIGHT_EYEBROW")),
        )
        self._trails = [trail for _, names in groups for name in names for trail in topology.trails(name)]
        self._colors = [
            rgb(color) for color, names in groups for name in names for _ in topology.trails(name)
        ]
        self._eyes = [rgb(style.left_color), rgb(style.right_color)]

    @property
    def begun(self) -> bool:
        """Whether there was a record."""
        return self.written > 0

    def write(self, record: FrameRecord) -> None:
        """Logs a frame and its faces."""
        if self._stream is None:
            self._stream = self._begin()
        self._stream.set_time("frame", sequence=record.index)
        self._stream.set_time("time", duration=record.timestamp_us * 1e-6)
        if record.frame is not None:
            self._log_picture(record.frame)
        for stream, value in record.values.items():
            numbers = short_vector(value)
            if numbers is not None:
                self._log(f"values/{stream}", self._rerun.Scalars(numbers))
        names: list[str] = []
        if record.result is not None:
            ids = record.result.track_ids.tolist()
            names = [f"face_{track or number}" for number, track in enumerate(ids, start=1)]
            for face, name in enumerate(names):
                self._log_face(name, record.result, face)
        for name in sorted(self._shown - {*names}):
            for root in _ROOTS:
                self._log(f"{root}/{name}", self._rerun.Clear(recursive=True))
        self._shown = {*names}
        self.written += 1

    def close(self) -> None:
        """Writes what is waiting, and finishes the file. May be called twice."""
        stream, self._stream = self._stream, None
        if stream is not None:
            try:
                stream.flush(timeout_sec=_FLUSH_SECONDS)
                stream.disconnect()
            except RuntimeError as error:  # a full disk
                # Its end, and Rerun's at the program's end, wait without a limit for the thread that the disk
                # has ended.
                keep_forever(stream)
                self._rerun.unregister_shutdown()
                raise MediaError(
                    f"--rerun {self.name}: {error}; the recording ends before frame {self.written}"
                ) from error
            if self._file is not None and file_identity(self.name) != self._file:
                raise MediaError(f"--rerun {self.name}: the file was deleted, moved or replaced meanwhile")

    def summary(self) -> str:
        """What is in it, for the user."""
        plural = "" if self.written == 1 else "s"
        return f"{self.name}: {self.written} frame{plural} for Rerun"

    def _begin(self) -> Any:
        rerun = self._rerun
        stream = rerun.RecordingStream("attention_mesh")
        try:
            if self._address is not None:
                stream.connect_grpc(f"rerun+http://{self._address}/proxy")
            elif self.name == VIEWER:
                stream.spawn()
            else:
                make_folder_of(Path(self.name))
                stream.save(self.name)
                self._file = file_identity(self.name)
        except (RuntimeError, OSError) as error:
            raise MediaError(f"--rerun {self.name}: {error}") from error
        stream.send_blueprint(_layout())
        stream.log("mesh", rerun.ViewCoordinates.RDF, static=True)
        return stream

    def _log(self, path: str, *what: Any) -> None:
        self._stream.log(path, *what)

    def _log_picture(self, image: np.ndarray) -> None:
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
        self._log("frame", self._rerun.EncodedImage(contents=data, media_type="image/jpeg"))

    def _log_face(self, name: str, result: FaceLandmarkerResult, face: int) -> None:
        rerun = self._rerun
        points = result.landmarks_px[face]
        size = float(face_sizes(points[None])[0])
        lines = [points[trail] for trail in self._trails]
        self._log(f"frame/{name}", rerun.Points2D(points[:, :2], radii=size / 250))
        flat = [line[:, :2] for line in lines]
        self._log(f"frame/{name}/contours", rerun.LineStrips2D(flat, colors=self._colors))
        self._log(f"mesh/{name}", rerun.Points3D(points, radii=size / 250))
        self._log(f"mesh/{name}/contours", rerun.LineStrips3D(lines, colors=self._colors))
        self._log(f"scores/{name}", rerun.Scalars(float(result.scores[face])))
        if result.poses is not None:
            degrees = np.degrees(euler_angles(result.poses[face : face + 1])[0])
            self._log_curves(f"pose/{name}", degrees, ("pitch", "yaw", "roll"))
        if result.blendshapes is not None:
            self._log_curves(f"blendshapes/{name}", result.blendshapes[face], BLENDSHAPE_NAMES)
        if result.eye_aspect_ratios is not None:
            self._log_curves(f"eyes/{name}", result.eye_aspect_ratios[face], ("left", "right"))
        if result.gaze is not None and len(points) >= NUM_LANDMARKS_WITH_IRISES:
            # The gaze has y up and z toward the viewer.
            away = result.gaze[face, :2] * np.array([1, -1, -1], np.float32) * (_GAZE_LENGTH * size)
            origins = points[[LEFT_IRIS, RIGHT_IRIS]]
            arrows = rerun.Arrows3D(vectors=away, origins=origins, colors=self._eyes)
            self._log(f"mesh/{name}/gaze", arrows)

    def _log_curves(self, path: str, values: np.ndarray, names: tuple[str, ...]) -> None:
        if path.rpartition("/")[2] not in self._shown:
            self._stream.log(path, self._rerun.SeriesLines(names=list(names)), static=True)
        self._log(path, self._rerun.Scalars(np.asarray(values, np.float64)))


def is_recording(target: str) -> bool:
    """Whether a target of `RerunSink` is a file."""
    return Path(target).suffix.lower() == RECORDING_SUFFIX


def _package() -> Any:
    try:
        import rerun
        import rerun.blueprint
    except ImportError as error:
        raise MediaError(f"--rerun needs the package rerun-sdk: {install_command('rerun')}") from error
    return rerun


def _layout() -> Any:
    """The views that the viewer shows first."""
    import rerun.blueprint as views

    curves = [
        views.TimeSeriesView(origin=root, name=root) for root in ("scores", "pose", "blendshapes", "values")
    ]
    return views.Blueprint(
        views.Vertical(
            views.Horizontal(
                views.Spatial2DView(origin="frame", name="frame"),
                views.Spatial3DView(origin="mesh", name="mesh"),
            ),
            views.Tabs(*curves),
            row_shares=[3, 1],
        )
    )


def _check_listens(address: NetworkAddress) -> None:
    try:
        socket.create_connection((address.host, address.port), timeout=_CONNECT_S).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(
            f"--rerun {address}: no viewer listens there ({reason}); start one with the command rerun, or "
            f"give a file with the suffix {RECORDING_SUFFIX}"
        ) from error
