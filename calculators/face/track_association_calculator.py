"""Track association: the regions of this frame, with track ids."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, SideOutput, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.rect_association import associate_rects
from attention_mesh.geometry.track_association import TrackAssociation

_NOTHING = NormalizedRects.empty()


@calculator
class TrackAssociationCalculator(Calculator):
    """Joins the detector's regions with those tracked from the previous frame; each face keeps its id.

    A tracked region wins over a detected one that overlaps it (MediaPipe's association rule), unless it lags
    behind a face that moves fast: then the detected one takes its id. New faces get ids 1, 2, 3, …, which are
    never reused. A face that was lost for a short time gets its old id back near its old place.

    Not every region will turn out to hold a face. At timestamps with a packet of WIDE, up to SPARE more than
    NUM_FACES leave, so that a false detection does not take the place of a face.

    Inputs: TICK; DETECTED; TRACKED; WIDE.
    Input side packets: NUM_FACES; SPARE and TRACK, which override the options.
    Outputs: ROIS, exactly one packet at every timestamp of TICK, with F = 0 if there is no face.
    Output side packets: NUM_FACES, given or not, for the node that drops the spare ones again.
    Options: the similarities of one face's regions and the seconds for which a lost face keeps its id;
      `track`; `spare`.

    Example::

        node {
          calculator: "TrackAssociationCalculator"
          input_stream: "TICK:image_size"
          input_stream: "DETECTED:rois_from_detections"
          input_stream: "TRACKED:rois_from_landmarks"
          output_stream: "ROIS:rois"
          input_side_packet: "NUM_FACES:num_faces"
        }
    """

    tick = Input("TICK", object)  # one packet per frame
    detected = Input("DETECTED", NormalizedRects)  # best first; no packet if the detector did not run
    tracked = Input("TRACKED", NormalizedRects, optional=True)  # with ids; no packet on the first frame
    wide = Input("WIDE", object, optional=True)
    num_faces = SideInput("NUM_FACES", int, default=1)  # the most regions that leave, without the spare ones
    spare = SideInput("SPARE", int, optional=True)  # overrides the option
    track = SideInput("TRACK", bool, optional=True)  # overrides the option
    rois = Output("ROIS", NormalizedRects)  # F ≤ NUM_FACES + SPARE, tracked ones first
    most_faces = SideOutput("NUM_FACES", int)
    timestamp_offset = 0

    class Options:
        min_similarity: float = 0.5  # intersection over union above which two regions are one face
        # Between these two the tracked region lags behind its face, and the detected one takes its place.
        moving_similarity: float = 0.3
        still_similarity: float = 0.6
        recovery_similarity: float = 0.3  # the same between a new region and the place of a lost face
        recovery_seconds: float = 0.5  # how long a lost face's id is kept
        spare: int = 0  # most regions beside those of NUM_FACES
        track: bool = True  # false: frames are unrelated, TRACKED is not looked at, ids stay 0

    def open(self) -> None:
        self._num_faces = self.num_faces.value
        if self._num_faces < 1:
            raise ValueError(f"NUM_FACES is {self._num_faces}; expected at least 1")
        self.most_faces.set(self._num_faces)
        self._spare = self.spare.value if self.spare.connected else self.options.spare
        if self._spare < 0:
            raise ValueError(f"SPARE is {self._spare}; expected 0 or more")
        options = self.options
        self._tracks = TrackAssociation(
            options.min_similarity,
            options.moving_similarity,
            options.still_similarity,
            options.recovery_similarity,
            options.recovery_seconds,
        )
        self._is_tracking = self.track.value if self.track.connected else options.track

    def process(self) -> None:
        if self.tick.is_empty:
            return
        most = self._num_faces
        if self._spare and not self.wide.is_empty:
            most += self._spare
        detected = _NOTHING if self.detected.is_empty else self.detected.value
        if self._is_tracking:
            tracked = _NOTHING if self.tracked.is_empty else self.tracked.value
            rois = self._tracks.update(detected, tracked, most, self.timestamp)
        else:
            rois = associate_rects([detected], self.options.min_similarity).take(slice(most))
        self.rois.send(rois)
