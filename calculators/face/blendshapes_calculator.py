"""Blend shapes of faces."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects, ids_or_places
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork
from attention_mesh.models.inference.neutral_calibration import NeutralCalibration


@calculator
class BlendshapesCalculator(Calculator):
    """Finds the coefficients of ARKit's 52 blend shapes of all faces, in one batch.

    People look differently when they show no expression. If a person's neutral face is known, small
    expressions count fully. It is known from NEUTRAL, which counts for every face; or it is learned over the
    first `calibration_seconds` of each person, whom the ids of ROIS tell apart. Until then, and without
    either, the coefficients are those of an average person.

    Inputs: LANDMARKS; IMAGE_SIZE; ROIS.
    Input side packets: NEUTRAL, as `BlendshapeNetwork.calibrate` gives it; CALIBRATION_SECONDS, which
      overrides the option.
    Outputs: BLENDSHAPES, in the order of BLENDSHAPE_NAMES; empty if LANDMARKS is.
    Options: `calibration_seconds`.

    Example::

        node {
          calculator: "BlendshapesCalculator"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "IMAGE_SIZE:image_size"
          input_stream: "ROIS:rois"
          output_stream: "BLENDSHAPES:blendshapes"
          node_options {
            [type.googleapis.com/attention_mesh.BlendshapesCalculatorOptions] { calibration_seconds: 3 }
          }
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # (F, 478, 3) in the frame
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height) px of the frame
    rois = Input("ROIS", NormalizedRects, optional=True)  # F, of which the ids are used
    neutral = SideInput("NEUTRAL", np.ndarray, optional=True)  # (478, 3) float32, aligned
    seconds = SideInput("CALIBRATION_SECONDS", float, optional=True)
    blendshapes = Output("BLENDSHAPES", np.ndarray)  # (F, 52) float32, 0 to 1
    timestamp_offset = 0

    class Options:
        calibration_seconds: float = 0.0  # 0: neutral faces are not learned

    def open(self) -> None:
        self._network = BlendshapeNetwork()
        self._neutral = self.neutral.value if self.neutral.connected else None
        if self._neutral is not None and self._neutral.shape != (478, 3):
            raise ValueError(f"NEUTRAL has shape {self._neutral.shape}; expected (478, 3)")
        seconds = self.seconds.value if self.seconds.connected else self.options.calibration_seconds
        if not 0 <= seconds < np.inf:
            raise ValueError(f"calibration_seconds is {seconds:g}; expected a number of seconds, 0 or more")
        self._calibration = NeutralCalibration(seconds) if seconds and self._neutral is None else None

    def process(self) -> None:
        if self.landmarks.is_empty or self.image_size.is_empty:
            return
        landmarks = self.landmarks.value
        aligned = self._network.align(landmarks.in_pixels(self.image_size.value))
        coefficients = self._network.predict_aligned(aligned, self._neutral)
        if self._calibration is not None and len(landmarks):
            ids = ids_or_places(self.rois.value if self.rois.connected else None, len(landmarks))
            neutrals = self._calibration.update(aligned, coefficients, ids, self.timestamp)
            if np.isfinite(neutrals).any():
                coefficients = self._network.predict_aligned(aligned, neutrals)
        self.blendshapes.send(coefficients)
