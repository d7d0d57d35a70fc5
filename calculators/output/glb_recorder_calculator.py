"""GLB recorder: writes a face as a GLB animation."""

import numpy as np

from attention_mesh.calculators.output.streaming.puppet_face import FaceChoice
from attention_mesh.drawing.avatar.glb_recording import GlbRecording
from attention_mesh.drawing.avatar.load_avatar import load_avatar
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class GlbRecorderCalculator(Calculator):
    """Writes one face of each frame into a GLB file, whose avatar moves as the face does.

    The file is valid at any time after the first face, whatever ends the program. It holds the avatar, its
    blend shapes' weights, the head's turns and places (in meters, as the camera at the origin sees them),
    and the eyes' turns, at the times of the frames.

    Inputs: BLENDSHAPES and POSES of the faces of a frame: no packet, or F = 0, if there is none; GAZE,
      without which the eyes follow the eyeLook… coefficients; ROIS, with the track ids.
    Input side packets: PATH, of the file; "" if nothing is to be recorded. AVATAR, the path of a GLB file
      with ARKit's blend shapes; "" or no packet is the built-in avatar. TRACK, the track id of the face, 0
      or no packet for the first one that is there.
    Outputs: COUNT, how many frames were recorded so far; empty if PATH is "".

    Example::

        node {
          calculator: "GlbRecorderCalculator"
          input_stream: "BLENDSHAPES:blendshapes"
          input_stream: "POSES:poses"
          input_stream: "GAZE:gaze"
          input_stream: "ROIS:rois"
          input_side_packet: "PATH:record"
          input_side_packet: "AVATAR:avatar"
          output_stream: "COUNT:recorded"
        }
    """

    blendshapes = Input("BLENDSHAPES", np.ndarray)  # (F, 52) float32, 0 to 1, as `BLENDSHAPE_NAMES`
    poses = Input("POSES", np.ndarray)  # (F, 4, 4) float32, canonical face to camera, cm
    gaze = Input("GAZE", np.ndarray, optional=True)  # (F, 3, 3) float32, unit vectors: left, right, mean
    rois = Input("ROIS", NormalizedRects, optional=True)  # (F, 5) with ids
    path = SideInput("PATH", str, names="file")
    avatar = SideInput("AVATAR", str, default="")
    track = SideInput("TRACK", int, default=0)
    count = Output("COUNT", int, optional=True)
    timestamp_offset = 0

    def open(self) -> None:
        self._recording: GlbRecording | None = None
        if self.path.value:
            model = load_avatar(self.avatar.value)
            self._recording = GlbRecording(self.path.value, model)
        self._choice = FaceChoice(self.track.value)

    def process(self) -> None:
        recording = self._recording
        if recording is None:
            return
        if not (self.blendshapes.is_empty or self.poses.is_empty):
            ids = None if self.rois.is_empty else self.rois.value.ids
            face = self._choice.index(len(self.poses.value), ids)
            if face is not None:
                gaze = None if self.gaze.is_empty else self.gaze.value[face]
                recording.add(self.timestamp, self.blendshapes.value[face], self.poses.value[face], gaze)
        if self.count.connected:
            self.count.send(len(recording.animation))

    def close(self) -> None:
        if self._recording is not None:
            self._recording.close()
