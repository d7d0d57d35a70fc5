"""Blend-shape network: 52 coefficients of ARKit's blend shapes from the landmarks of faces."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from attention_mesh.geometry.face_alignment import FaceAlignment
from attention_mesh.models.runtime.litert_runner import LitertRunner

MODEL = Path(__file__).with_name("blendshapes.tflite")
REFERENCE = Path(__file__).with_name("reference_face.npz")
LANDMARKS = 478


class ReferenceFace(NamedTuple):
    """The face that others are aligned with: the mean neutral face as the official network finds it.

    Attributes:
        points: (478, 3) float32, about cm; +x the subject's left, +y up, +z toward the viewer.
        weights: (478,) float32, high for landmarks that neither expressions nor identities move.
    """

    points: np.ndarray
    weights: np.ndarray


@cache
def reference_face() -> ReferenceFace:
    """The reference face of the shipped network. Its arrays are shared: do not write to them."""
    with np.load(REFERENCE) as arrays:
        return ReferenceFace(arrays["points"], arrays["weights"])


@cache
def _alignment() -> FaceAlignment:
    return FaceAlignment(*reference_face())


class BlendshapeNetwork:
    """Runs the blend-shape network on the landmarks of any number of faces.

    Landmarks are aligned with a reference face first, so that position, size and turn of the head do not
    matter. One thread at a time may call a network.

    Args:
        model: a .tflite file that `attention-mesh train-blendshapes` wrote; None for the shipped one.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no blend-shape network.
    """

    def __init__(self, model: Path | str | None = None) -> None:
        self._runner = LitertRunner(MODEL if model is None else model, num_threads=1)
        shapes = {(LANDMARKS, 3), (1,)}
        if set(self._runner.input_shapes) != shapes or len(self._runner.input_shapes) != 2:
            raise ValueError(
                f"{model} is no blend-shape network: its inputs are {self._runner.input_shapes}; expected "
                "aligned landmarks (478, 3) and a number"
            )
        self._landmarks_first = self._runner.input_shapes[0] == (LANDMARKS, 3)

    def predict(self, landmarks_px: np.ndarray, neutrals: np.ndarray | None = None) -> np.ndarray:
        """The coefficients of faces.

        Args:
            landmarks_px: (F, 478, 3); x, y in pixels of the frame, y down, z on x's scale, smaller is nearer.
            neutrals: what `calibrate` gave: (478, 3) of one person, or (F, 478, 3) with NaN for faces whose
                neutral face is unknown; None if none is known.

        Returns:
            (F, 52) float32, 0 to 1, in the order of BLENDSHAPE_NAMES. A face without extent gets 0.

        Raises:
            ValueError: the landmarks have another shape.
        """
        return self.predict_aligned(self.align(landmarks_px), neutrals)

    def align(self, landmarks_px: np.ndarray) -> np.ndarray:
        """(F, 478, 3) float32 landmarks in the frame of the reference face, about cm; see `predict`."""
        return _alignment().align(landmarks_px)

    def predict_aligned(self, aligned: np.ndarray, neutrals: np.ndarray | None = None) -> np.ndarray:
        """As `predict`, of faces that `align` gave."""
        faces, calibrated = aligned, np.zeros((len(aligned), 1), np.float32)
        if neutrals is not None:
            offsets = np.broadcast_to(neutrals - reference_face().points, aligned.shape)
            is_known = np.isfinite(offsets).all((1, 2))
            faces = np.where(is_known[:, None, None], aligned - offsets, aligned).astype(np.float32)
            calibrated[is_known] = 1
        inputs = [faces, calibrated] if self._landmarks_first else [calibrated, faces]
        coefficients = self._runner.run(inputs)[0]
        # The sum is cheap, and NaN if one of them is.
        return np.nan_to_num(coefficients) if np.isnan(coefficients.sum()) else coefficients

    def calibrate(self, landmarks_px: np.ndarray) -> np.ndarray:
        """A person's neutral face, for `predict`.

        Args:
            landmarks_px: (F, 478, 3), F frames of one person without expression, one or more.

        Returns:
            (478, 3) float32, the median of the aligned landmarks.

        Raises:
            ValueError: the shape is another, or there is no frame.
        """
        if len(landmarks_px) == 0:
            raise ValueError("no frame to calibrate with; expected landmarks (F, 478, 3) with F at least 1")
        return np.median(self.align(landmarks_px), axis=0).astype(np.float32)
