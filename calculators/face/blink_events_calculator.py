"""Blinks of the faces of a video."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.blink_events import BlinkDetector, BlinkEvents
from attention_mesh.geometry.normalized_rects import NormalizedRects, ids_or_places


@calculator
class BlinkEventsCalculator(Calculator):
    """Finds blinks: when the eyes of a face close and open again.

    `BlinkDetector` says how. A blink is sent with the frame in which it ends; its start is an earlier time.

    Inputs: EYE_ASPECT_RATIOS; ROIS, whose ids tell faces apart. Without ROIS the place in the packet does.
    Outputs: BLINKS, those that ended in the frame; EYES_CLOSED. Both are empty if EYE_ASPECT_RATIOS is.
    Options: `close_share` and `open_share`, the shares of an open eye's ratio below which it is closed and
      above which it is open again; `longest_seconds`, of a blink, 0 for no limit; `max_gap_seconds`, after
      which a face that was missing starts again.

    Example::

        node {
          calculator: "BlinkEventsCalculator"
          input_stream: "EYE_ASPECT_RATIOS:eye_aspect_ratios"
          input_stream: "ROIS:rois"
          output_stream: "BLINKS:blinks"
          output_stream: "EYES_CLOSED:eyes_closed"
        }
    """

    ratios = Input("EYE_ASPECT_RATIOS", np.ndarray)  # (F, 2) float32, left and right
    rois = Input("ROIS", NormalizedRects, optional=True)  # F, of which the ids are used
    blinks = Output("BLINKS", BlinkEvents)
    closed = Output("EYES_CLOSED", np.ndarray, optional=True)  # (F, 2) bool, left and right
    timestamp_offset = 0

    class Options:
        close_share: float = 0.6
        open_share: float = 0.75
        longest_seconds: float = 0.8
        max_gap_seconds: float = 0.5

    def open(self) -> None:
        options = self.options
        self._detector = BlinkDetector(
            options.close_share, options.open_share, options.longest_seconds, options.max_gap_seconds
        )

    def process(self) -> None:
        if self.ratios.is_empty:
            return
        ratios = self.ratios.value
        ids = ids_or_places(self.rois.value if self.rois.connected else None, len(ratios))
        events, closed = self._detector.update(ratios, ids, self.timestamp)
        self.blinks.send(events)
        if self.closed.connected:
            self.closed.send(closed)
