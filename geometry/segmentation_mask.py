"""Masks of a segmentation network: from its output tensor, and smoothed from frame to frame."""

from __future__ import annotations

import cv2
import numpy as np


def sigmoid_mask(tensor: np.ndarray) -> np.ndarray:
    """The probability of each pixel by the logistic function, (H, W, 1) → (H, W) float32."""
    return 1 / (1 + np.exp(-tensor[..., 0]))


def softmax_mask(tensor: np.ndarray, channel: int) -> np.ndarray:
    """The probability of one of the channels at each pixel, (H, W, C) → (H, W) float32."""
    shares = np.exp(tensor - tensor.max(axis=2, keepdims=True))
    return shares[..., channel] / shares.sum(axis=2)


def resized_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A mask, (H, W) float32, scaled to (width, height) between its pixels."""
    return cv2.resize(mask.astype(np.float32, copy=False), size)


def smoothed_mask(mask: np.ndarray, previous: np.ndarray, ratio: float) -> np.ndarray:
    """Mixes the previous mask into a mask where that is uncertain.

    The share of the previous mask at a pixel is `ratio` times the square of the binary entropy, in bits, of
    the mask's probability: 1 for a half, 0 for sure pixels. MediaPipe's node of this purpose approximates the
    same function by a polynomial, to within 0.005.

    Args:
      mask: (H, W) float32 in [0, 1]; values outside count as sure.
      previous: likewise.
      ratio: 0 to 1.

    Returns:
      (H, W) float32
    """
    probability = np.clip(mask, 1e-7, 1 - 1e-7)
    entropy = -(probability * np.log2(probability) + (1 - probability) * np.log2(1 - probability))
    return (mask + (previous - mask) * (entropy**2 * ratio)).astype(np.float32)
