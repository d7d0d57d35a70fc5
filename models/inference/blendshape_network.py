"""Blend-shape network: 52 coefficients of ARKit's blend shapes from the landmarks of faces."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from attention_mesh.geometry.face_alignment import FaceAlignment
from attention_mesh.geometry.number_arrays import number_array
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
        if set(self._runner.inputs.shapes) != shapes or len(self._runner.inputs.shapes) != 2:
            raise ValueError(
                f"{model} is no blend-shape network: its inputs are {self._runner.inputs.shapes}; expected "
                "aligned landmarks (478, 3) and a number"
            )
        self._landmarks_first = self._runner.inputs.shapes[0] == (LANDMARKS, 3)

    def predict(self, landmarks_px: np.ndarray, neutrals: np.ndarray | None = None) -> np.ndarray:
        """The coefficients of faces.

        Args:
            landmarks_px: (F, 478, 3); x, y in pixels of the frame, y down, z on x's scale, smaller is nearer.
            neutrals: what `calibrate` gave: (478, 3) of one person, or (F, 478, 3) with NaN for faces whose
                neutral face is unknown; None if none is known.

        Returns:
            (F, 52) float32, 0 to 1, in the order of BLENDSHAPE_NAMES. A face without extent, or with a
            number that is not finite, gets 0.

        Raises:
            ValueError: the landmarks or the neutral faces are no numbers or have another shape.
        """
        return self.predict_aligned(self.align(landmarks_px), neutrals)

    def align(self, landmarks_px: np.ndarray) -> np.ndarray:
        """(F, 478, 3) float32 landmarks in the frame of the reference face, about cm; see `predict`."""
        return _alignment().align(landmarks_px)

    def predict_aligned(self, aligned: np.ndarray, neutrals: np.ndarray | None = None) -> np.ndarray:
        """As `predict`, of faces that `align` gave."""
        aligned = number_array(aligned, "aligned landmarks", "(F, 478, 3)").astype(np.float32, copy=False)
        if aligned.ndim != 3 or aligned.shape[1:] != (LANDMARKS, 3):
            raise ValueError(f"aligned landmarks have shape {aligned.shape}; expected (F, 478, 3)")
        faces, calibrated = aligned, np.zeros((len(aligned), 1), np.float32)
        if neutrals is not None:
            expected = f"(478, 3) or ({len(aligned)}, 478, 3)"
            known = number_array(neutrals, "neutral faces", expected)
            if known.shape not in ((LANDMARKS, 3), aligned.shape):
                raise ValueError(f"neutral faces have shape {known.shape}; expected {expected}")
            offsets = np.broadcast_to(known - reference_face().points, aligned.shape)
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
            (478, 3) float32, the median of the aligned landmarks. Frames with a number that is not finite do
            not count.

        Raises:
            ValueError: the landmarks are no numbers or have another shape, or no frame counts.
        """
        aligned = self.align(landmarks_px)
        aligned = aligned[np.isfinite(aligned).all((1, 2))]
        if not len(aligned):
            raise ValueError(
                "no frame to calibrate with; expected landmarks (F, 478, 3), at least one face of finite "
                "numbers"
            )
        return np.median(aligned, axis=0).astype(np.float32)
