"""What the nodes that send a face over the network have in common."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod

import numpy as np

from attention_mesh.calculators.output.streaming.puppet_face import FaceChoice, PuppetFace, puppet_face
from attention_mesh.framework import Calculator, Input, Output, SideInput
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.media.network_address import parse_address
from attention_mesh.media.udp_sender import SendCounts, UdpSender

_log = logging.getLogger(__name__)


class FaceSender(Calculator, ABC):
    """Sends one of the faces of each frame to one address over UDP.

    A subclass gives `default_port` and `packets`. If ADDRESS is "", the node rests. Otherwise an address that
    is none, or a host that is unknown, ends the run when the node opens. Later nothing does: what the network
    does not take is counted. If SENT is not connected and it was everything, `close` logs a warning.
    """

    blendshapes = Input(
        "BLENDSHAPES", np.ndarray
    )  # (F, 52) float32 in [0, 1], in the order of BLENDSHAPE_NAMES
    poses = Input("POSES", np.ndarray)  # (F, 4, 4) float32, canonical face to camera, cm
    gaze = Input("GAZE", np.ndarray, optional=True)  # (F, 3, 3) float32: left, right, mean; camera's frame
    rois = Input("ROIS", NormalizedRects, optional=True)  # of the same faces, for their track ids
    tick = Input("TICK", object, optional=True)  # one packet per frame
    address = SideInput("ADDRESS", str, names="address")  # "host" or "host:port"; "" to send nothing
    track = SideInput("TRACK", int, default=0)  # track id to follow; 0 for the first face
    sent = Output("SENT", SendCounts)  # after each frame
    timestamp_offset = 0

    default_port: int

    def open(self) -> None:
        self._sender: UdpSender | None = None
        self._start_us: int | None = None
        track = self.track.value
        if track and not self.rois.connected:
            raise ValueError(f"TRACK is {track}, but ROIS, which has the track ids, is not connected")
        self._choice = FaceChoice(track)
        if self.address.value:
            self._sender = UdpSender(parse_address(self.address.value, self.default_port))
        elif self.sent.connected:
            self.sent.close()

    def process(self) -> None:
        if self._sender is None:
            return
        if self._start_us is None:
            self._start_us = self.timestamp
        for packet in self.packets(self._face(), (self.timestamp - self._start_us) / 1e6):
            self._sender.send(packet)
        self.sent.send(self._sender.counts)

    @abstractmethod
    def packets(self, face: PuppetFace | None, time_s: float) -> list[bytes]:
        """The datagrams of one frame.

        Args:
          face: None if there is none.
          time_s: since the first frame, in seconds.
        """

    def close(self) -> None:
        if self._sender is None:
            return
        self._sender.close()
        counts = self._sender.counts
        if counts.lost and not counts.sent and not self.sent.connected:
            _log.warning("%s: nothing could be sent to %s: %s", self.name, counts.address, counts.reason)

    def _face(self) -> PuppetFace | None:
        if self.blendshapes.is_empty or self.poses.is_empty:
            return None
        coefficients, poses = self.blendshapes.value, self.poses.value
        if coefficients.shape[1:] != (52,) or poses.shape != (len(coefficients), 4, 4):
            raise ValueError(
                f"coefficients {coefficients.shape} and poses {poses.shape}; expected (F, 52) and (F, 4, 4)"
            )
        gaze = None if self.gaze.is_empty else self.gaze.value
        ids = None if self.rois.is_empty else self.rois.value.ids
        place = self._choice.index(len(coefficients), ids)
        if place is None:
            return None
        face = puppet_face(coefficients, poses, gaze, place)
        # Not a number would stay in the bones of an avatar after the face is well again.
        return face if all(np.isfinite(part).all() for part in face) else None
