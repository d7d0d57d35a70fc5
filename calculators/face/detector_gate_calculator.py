"""Gate in front of the face detector: passes frames while it is needed."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.image_hints import check_color_image
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.rect_association import rect_overlap

_NOTHING = NormalizedRects.empty()

LONGEST_REST = 16
"""The most frames from one wider look to the next while nothing changes."""

NARROW, WIDER_IF_NEEDED, WIDER = range(3)
"""How far the search of a frame may go: the first look only; a wider one if the first finds too few; both."""


@calculator
class DetectorGateCalculator(Calculator):
    """Passes the frame to the face detector while fewer faces are tracked than wanted.

    MediaPipe's front graph does the same in three nodes (a gate, a count, a gate).

    The gate also plans the wider looks, which cost more than the first one. When a face comes, goes or moves
    far, the first look comes first: a wider one follows in the same frame if the first finds too few faces,
    and in the next frame if what it found was no face. While nothing changes, the wider look returns after 2,
    4, 8, … frames, up to `longest_rest`.

    Inputs: IMAGE; TRACKED, the regions that follow from the previous frame, empty on the first.
    Input side packets: NUM_FACES; TRACK.
    Outputs: IMAGE, empty if the detector can rest; TRACKED and EFFORT at the same timestamps.
    Options: `longest_rest`; `still_similarity`; `always_wider`, if the first look has been had already.

    Example::

        node {
          calculator: "DetectorGateCalculator"
          input_stream: "IMAGE:image"
          input_stream: "TRACKED:tracked_rois"
          output_stream: "IMAGE:image_to_search"
          input_side_packet: "NUM_FACES:num_faces"
          input_side_packet: "TRACK:use_prev_landmarks"
        }
    """

    image = Input("IMAGE", np.ndarray, check=check_color_image)  # (H, W, 3) uint8 RGB
    tracked = Input("TRACKED", NormalizedRects)
    num_faces = SideInput("NUM_FACES", int, default=1)  # the detector rests while so many faces are tracked
    track = SideInput("TRACK", bool, default=True)  # false: every frame passes
    image_to_search = Output("IMAGE", np.ndarray)
    known = Output("TRACKED", NormalizedRects)  # F < NUM_FACES; F = 0 if frames are unrelated
    effort = Output("EFFORT", int)  # NARROW, WIDER_IF_NEEDED or WIDER
    timestamp_offset = 0

    class Options:
        longest_rest: int = LONGEST_REST  # frames
        still_similarity: float = 0.8  # a face has moved if its regions' intersection over union is below
        always_wider: bool = False

    def open(self) -> None:
        self._enough = self.num_faces.value
        if self._enough < 1:
            raise ValueError(f"NUM_FACES is {self._enough}; expected at least 1")
        if self.options.longest_rest < 1:
            raise ValueError(f"longest_rest is {self.options.longest_rest}; expected at least 1")
        self._is_tracking = self.track.value
        self._last: NormalizedRects | None = None  # tracked in the previous frame; None if it was enough
        self._rest = 1  # frames from the next wider look to the one after it
        self._frames_left = 0  # until the next wider look

    def process(self) -> None:
        if self.image.is_empty:
            return
        tracked = self.tracked.value
        known = tracked if self._is_tracking and tracked is not None else _NOTHING
        if len(known) >= self._enough:
            self._last = None
            return
        self.image_to_search.send(self.image.value)
        self.known.send(known)
        self.effort.send(self._next_effort(known))

    def _next_effort(self, known: NormalizedRects) -> int:
        if self.options.always_wider:
            return WIDER
        last, self._last = self._last, known
        if not self._is_tracking or last is None or not self._are_same(last, known):
            self._rest, self._frames_left = 1, 0
            return WIDER_IF_NEEDED
        if self._frames_left:
            self._frames_left -= 1
            return NARROW
        self._rest = min(2 * self._rest, self.options.longest_rest)
        self._frames_left = self._rest - 1
        return WIDER

    def _are_same(self, last: NormalizedRects, known: NormalizedRects) -> bool:
        """Whether the same faces are where they were in the previous frame."""
        return np.array_equal(last.ids, known.ids) and all(
            rect_overlap(before, now) >= self.options.still_similarity
            for before, now in zip(last.values.tolist(), known.values.tolist(), strict=True)
        )
