"""Regions of interest from landmarks, for the next crop."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import landmarks_to_rects, snapped_squares
from attention_mesh.models.topology.landmark_groups import landmark_groups

# The outer corners.
_RIGHT_EYE, _LEFT_EYE = landmark_groups()["outer_eye_corners"].tolist()


@calculator
class LandmarksToRectsCalculator(Calculator):
    """Makes a square around each face's landmarks, with level eyes and the face's track id.

    MediaPipe's FaceLandmarkLandmarksToRoi graph does the same, for one face, in three nodes.

    Inputs: LANDMARKS; ROIS; IMAGE_SIZE.
    Input side packets: STEPS, of a grid on which the squares lie, see `snapped_squares`; 0 for none.
    Outputs: ROIS, empty if the landmarks or the size are.
    Options: `rotation_start` and `rotation_end`, the landmarks whose connection becomes level, by default
      the outer eye corners; `scale`.

    Example::

        node {
          calculator: "LandmarksToRectsCalculator"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "ROIS:rois"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "ROIS:next_rois"
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # (F, N, 3) in the frame
    rois = Input("ROIS", NormalizedRects, optional=True)  # F, whose ids go on; without it ids are 0
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height) px of the frame
    steps = SideInput("STEPS", int, default=0)
    next_rois = Output("ROIS", NormalizedRects)  # F, in the order of the landmarks
    timestamp_offset = 0

    class Options:
        rotation_start: int = _RIGHT_EYE
        rotation_end: int = _LEFT_EYE
        scale: float = 1.5  # side over the longer side of the landmarks' box

    def open(self) -> None:
        options = self.options
        self._steps = self.steps.value
        if self._steps < 0:
            raise ValueError(f"STEPS is {self._steps}; expected 0 or more")
        self._settings = ((options.rotation_start, options.rotation_end), options.scale)

    def process(self) -> None:
        if self.landmarks.is_empty or self.image_size.is_empty:
            return
        size = self.image_size.value
        values = landmarks_to_rects(self.landmarks.value.points, size, *self._settings)
        if self._steps:
            values = snapped_squares(values, size, self._steps)
        has_ids = not self.rois.is_empty
        self.next_rois.send(
            NormalizedRects(values, self.rois.value.ids) if has_ids else NormalizedRects(values)
        )
