"""Detections of a crop as detections of the image it was cut from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attention_mesh.geometry.detections import Detections


def project_detections(detections: Detections, matrix: np.ndarray) -> Detections:
    """Maps keypoints and boxes by an affine map of the plane.

    matrix: (4, 4) float, row-major, applied to columns (x, y, 0, 1) of normalised coordinates; see
    `crop.crop_to_image_matrices`. A box that is turned becomes the upright box around its corners.
    """
    linear = np.asarray(matrix[:2, :2], np.float32)
    offset = np.asarray(matrix[:2, 3], np.float32)
    keypoints = detections.keypoints @ linear.T + offset
    # The corners of a box are its centre ± a half diagonal; the map's absolute values give the new halves.
    halves = detections.boxes[:, 2:] / 2
    centers = (detections.boxes[:, :2] + halves) @ linear.T + offset
    halves = halves @ np.abs(linear).T
    boxes = np.concatenate([centers - halves, 2 * halves], axis=1)
    return replace(detections, boxes=boxes, keypoints=keypoints)
