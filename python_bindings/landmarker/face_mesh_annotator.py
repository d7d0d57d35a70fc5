"""FaceMeshAnnotator: draws faces into a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.layers import draw_layers, named_layers
from attention_mesh.geometry.image_hints import dtype_hint, object_hint, shape_hint
from attention_mesh.python_bindings.errors import InputError


class FaceMeshAnnotator:
    """Draws faces: the constructor takes what is drawn, `annotate` the faces.

    Several threads may use one annotator, unless it draws the layer motion, which keeps the faces of the
    frame before.

    Args:
      layers: what is drawn, one over the other: names, or `Layer` objects with styles of their own. The names
        are depth, motion, mesh, contours, irises, gaze, roi, boxes, labels and ids; a text has commas between
        them.
      color_order: "bgr" for pictures as OpenCV reads them, or "rgb".

    Raises:
      InputError: color_order is another one, or a layer is unknown; the text lists the known ones.
    """

    def __init__(
        self, layers: str | Iterable[str | Layer] = "contours,irises", *, color_order: str = "bgr"
    ) -> None:
        if color_order not in ("bgr", "rgb"):
            raise InputError(f'color_order is "bgr" or "rgb", not {color_order!r}')
        if isinstance(layers, str):
            layers = [name.strip() for name in layers.split(",")]
        try:
            self.layers = _layers(layers)
        except (TypeError, ValueError) as error:
            raise InputError(str(error)) from error
        self._bgr = color_order == "bgr"

    def annotate(
        self,
        scene: np.ndarray,
        points: np.ndarray,
        rois: np.ndarray | None = None,
        ids: np.ndarray | None = None,
        *,
        scores: np.ndarray | None = None,
        gaze: np.ndarray | None = None,
        eyes_open: np.ndarray | None = None,
        texts: Sequence[str] | None = None,
        timestamp_us: int | None = None,
    ) -> np.ndarray:
        """Draws all faces into `scene`, in place. A face with a point that is not finite is left out.

        Args:
          scene: (H, W, 3) uint8, contiguous and writeable.
          points: (F, N, 3) or (F, N, 2); x, y in pixels of the scene, N 468 or 478. The layer depth needs z.
          rois: (F, 5); x_center, y_center, width, height in pixels, rotation_rad, clockwise; for the layer
            roi.
          ids: (F,) int; 0 is not written; for labels, ids and motion.
          scores: (F,) in [0, 1], for labels.
          gaze: (F, 3, 3) unit vectors as of `FaceLandmarkerResult.gaze`, for the layer gaze.
          eyes_open: (F, 2) bool, left and right; a closed eye has no gaze. Default: all are open.
          texts: a text for each face, for labels.
          timestamp_us: of the scene, for the layer motion.

        Returns:
          `scene` itself.

        Raises:
          TypeError: `scene` is no array.
          InputError: an array has another shape, `scene` is read-only or not contiguous, or a layer needs an
            argument that is not given.
        """
        _check_scene(scene)
        given, points = points, np.asarray(points)
        if points.ndim != 3 or points.shape[1] < 468 or points.shape[2] not in (2, 3):
            hint = "; give result.landmarks_px" if hasattr(given, "landmarks_px") else ""
            raise InputError(
                f"points have shape {points.shape}; expected (faces, 468 or 478, 3) in pixels{hint}"
            )
        rois = None if rois is None else np.asarray(rois)
        if rois is not None and rois.shape != (len(points), 5):
            raise InputError(f"rois have shape {rois.shape}; expected ({len(points)}, 5), one for each face")
        if rois is not None and not (rois.dtype.kind in "iuf" and np.isfinite(rois).all()):
            raise InputError("rois hold a value that is no finite number")
        if ids is not None and np.size(ids) and np.asarray(ids).dtype.kind not in "iu":
            raise InputError(f"ids have dtype {np.asarray(ids).dtype}; expected integers")
        if ids is not None and np.shape(ids) != (len(points),):
            raise InputError(f"ids have shape {np.shape(ids)}; expected ({len(points)},), one for each face")
        try:
            faces = DrawnFaces(
                points,
                rois=rois,
                ids=None if ids is None else np.asarray(ids),
                scores=None if scores is None else np.asarray(scores, np.float32),
                gaze=None if gaze is None else np.asarray(gaze, np.float32),
                eyes_open=None if eyes_open is None else np.asarray(eyes_open, bool),
                texts=texts,
                timestamp_us=timestamp_us,
            )
            draw_layers(Canvas(scene, self._bgr), faces, self.layers)
        except ValueError as error:
            raise InputError(str(error)) from error
        return scene


def _layers(layers: Iterable[str | Layer]) -> list[Layer]:
    """The layers, of which names stand for some; ValueError or TypeError if one is none."""
    given = list(layers)
    wrong = [item for item in given if not isinstance(item, str | Layer)]
    if wrong:
        raise TypeError(f"layers has a {type(wrong[0]).__name__}; expected names or Layer objects")
    names = [item for item in given if isinstance(item, str)]
    named = iter(named_layers(names) if names or not given else [])
    return [next(named) if isinstance(item, str) else item for item in given]


def _check_scene(scene: np.ndarray) -> None:
    if not isinstance(scene, np.ndarray):
        raise TypeError(
            f"scene is a {type(scene).__name__}; expected a writeable array (height, width, 3) uint8. "
            f"{object_hint(scene)}".rstrip()
        )
    if scene.ndim != 3 or scene.shape[2] != 3 or scene.dtype != np.uint8:
        hints = " ".join(hint for hint in (shape_hint(scene), dtype_hint(scene)) if hint)
        raise InputError(
            f"scene is {scene.dtype} {scene.shape}; expected uint8 (height, width, 3). {hints}".rstrip()
        )
    if not (scene.flags.writeable and scene.flags.c_contiguous):
        raise InputError("scene cannot be drawn into: give a writeable contiguous array, e.g. scene.copy()")
