"""FaceMeshAnnotator: draws face meshes into a picture."""

import numpy as np

from attention_mesh.drawing.face_mesh_drawing import draw_face_mesh
from attention_mesh.drawing.face_mesh_style import FaceMeshStyle
from attention_mesh.geometry.image_hints import dtype_hint, shape_hint
from attention_mesh.python_bindings.errors import InputError


class FaceMeshAnnotator:
    """Draws meshes: the constructor takes the style, `annotate` the faces.

    Several threads may use one annotator.

    Args:
      tesselation: draws all edges of the mesh.
      contours: draws face oval, lips, eyes and eyebrows (the subject's left green, the right red).
      irises: draws a circle around each iris.
      boxes: draws the region of interest of each face; the box of its points if `annotate` gets no regions.
      ids: writes the track id beside each face.
      thickness: of contours, irises and boxes in pixels; 0 chooses by the size of the picture.
      antialias: draws smooth lines, placed to a fraction of a pixel; takes two to three times as long.
      color_order: "bgr" for pictures as OpenCV reads them, or "rgb".

    Raises:
      InputError: color_order is another one, or thickness is no whole number or negative.
    """

    def __init__(
        self,
        *,
        tesselation: bool = False,
        contours: bool = True,
        irises: bool = True,
        boxes: bool = False,
        ids: bool = False,
        thickness: int = 0,
        antialias: bool = True,
        color_order: str = "bgr",
    ):
        if color_order not in ("bgr", "rgb"):
            raise InputError(f'color_order is "bgr" or "rgb", not {color_order!r}')
        if isinstance(thickness, bool) or not isinstance(thickness, int | np.integer) or thickness < 0:
            raise InputError(
                f"thickness is {thickness!r}; expected whole pixels, 1 or more, or 0 for automatic"
            )
        self.style = FaceMeshStyle(
            tesselation, contours, irises, boxes, ids, int(thickness), antialias, bgr=color_order == "bgr"
        )

    def annotate(
        self,
        scene: np.ndarray,
        points: np.ndarray,
        rois: np.ndarray | None = None,
        ids: np.ndarray | None = None,
    ) -> np.ndarray:
        """Draws all faces into `scene`, in place.

        Args:
          scene: (H, W, 3) uint8, contiguous and writeable.
          points: (F, N, 3) or (F, N, 2); x, y in pixels of the scene, N 468 or 478.
          rois: (F, 5); x_center, y_center, width, height in pixels, rotation_rad, clockwise.
          ids: (F,) int; 0 is not written.

        Returns:
          `scene` itself.

        Raises:
          TypeError: `scene` is no array.
          InputError: an array has another shape, or `scene` is read-only or not contiguous.
        """
        if not isinstance(scene, np.ndarray):
            raise TypeError(
                f"scene is a {type(scene).__name__}; expected a writeable array (height, width, 3) uint8"
            )
        given, points = points, np.asarray(points)
        if scene.ndim != 3 or scene.shape[2] != 3 or scene.dtype != np.uint8:
            hints = " ".join(hint for hint in (shape_hint(scene), dtype_hint(scene)) if hint)
            raise InputError(
                f"scene is {scene.dtype} {scene.shape}; expected uint8 (height, width, 3). {hints}".rstrip()
            )
        if not (scene.flags.writeable and scene.flags.c_contiguous):
            raise InputError(
                "scene cannot be drawn into: give a writeable contiguous array, e.g. scene.copy()"
            )
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
        draw_face_mesh(scene, points, self.style, rois, ids)
        return scene
