"""Landmarks fusion: one face of the landmarks from several crops of it."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.crop_augmentation import CROPS_PER_FACE, fused_landmarks
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.topology.mirror import mirror_landmarks


@calculator
class LandmarksFusionCalculator(Calculator):
    """Fuses first landmarks with those from the crops of `CropAugmentationCalculator`, by a trimmed mean.

    Inputs: LANDMARKS:0, the first ones; ROIS:0, the regions that were augmented, face by face with them;
      LANDMARKS:1, the crops'; ROIS:1, the crops in which they were found; IMAGE_SIZE. In place of a crop that
      holds no face, the first landmarks count.
    Outputs: LANDMARKS; SPREADS, how far the crops' landmarks scatter. Both are empty if any input is.

    Example::

        node {
          calculator: "LandmarksFusionCalculator"
          input_stream: "LANDMARKS:0:first_landmarks"
          input_stream: "ROIS:0:rois"
          input_stream: "LANDMARKS:1:crop_landmarks"
          input_stream: "ROIS:1:crop_rois"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "LANDMARKS:landmarks"
          output_stream: "SPREADS:landmark_spreads"
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3) and (C, N, 3)
    rois = Input("ROIS", NormalizedRects, repeated=True)  # F, and C ≤ F · CROPS_PER_FACE
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height) px
    fused = Output("LANDMARKS", NormalizedLandmarks)  # (F, N, 3)
    spreads = Output("SPREADS", np.ndarray)  # (F, N) float32, px
    timestamp_offset = 0

    def open(self) -> None:
        if len(self.landmarks) != 2 or len(self.rois) != 2:
            raise ValueError(
                f"expected LANDMARKS:0, LANDMARKS:1, ROIS:0 and ROIS:1; {len(self.landmarks)} LANDMARKS and "
                f"{len(self.rois)} ROIS streams are connected"
            )

    def process(self) -> None:
        crops = zip(self.landmarks, self.rois, strict=True)
        if self.image_size.is_empty or any(points.is_empty or rects.is_empty for points, rects in crops):
            return
        size = self.image_size.value
        first, found = (port.value.in_pixels(size) for port in self.landmarks)
        faces, points, _ = first.shape
        crops_px = np.repeat(first[:, None], CROPS_PER_FACE, axis=1).reshape(-1, points, 3)
        crops_px[self.rois[1].value.ids] = found
        fused, spreads = fused_landmarks(
            first,
            crops_px.reshape(faces, CROPS_PER_FACE, points, 3),
            mirror_landmarks()[:points],
            self.rois[0].value.values[:, 4],
        )
        self.fused.send(NormalizedLandmarks.from_pixels(fused, size))
        self.spreads.send(spreads)
