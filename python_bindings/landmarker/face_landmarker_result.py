"""FaceLandmarkerResult: the faces that a `FaceLandmarker` found in one image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from attention_mesh.extras import MissingExtraError, install_command
from attention_mesh.geometry.blink_events import BlinkEvents
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.category import (
    BLENDSHAPE_NAMES,
    Category,
    blendshape_categories,
)
from attention_mesh.python_bindings.landmarker.normalized_landmark import NormalizedLandmark

if TYPE_CHECKING:
    import supervision

    from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
    from attention_mesh.geometry.normalized_rects import NormalizedRects


EXPRESSION_SHAPES: dict[str, tuple[int, ...]] = {
    "poses": (4, 4),
    "blendshapes": (len(BLENDSHAPE_NAMES),),
    "gaze": (3, 3),
    "eye_aspect_ratios": (2,),
}
"""What results may have beside the landmarks, each with the shape of one face's entry."""


@dataclass(frozen=True, eq=False)
class FaceLandmarkerResult:
    """The faces of one image, as read-only arrays with a leading face axis F; F is 0 if there is no face.

    Construction casts the arrays to the dtypes below.

    Attributes:
      landmarks_px: (F, N, 3) float32; x, y in pixels of the image, origin top-left; z on x's scale, smaller
        is nearer. N is 478 (468 with_attention=False).
      scores: (F,) float32, the network's probability that the crop holds a face, 0 to 1.
      rois: (F, 5) float32, the crop in which each face was measured: x_center, y_center, width and height in
        pixels, and rotation in radians, clockwise.
      track_ids: (F,) int64; the same number in the next frame is the same face. 0 in IMAGE mode, which tracks
        nothing.
      timestamp_us: the frame's time in microseconds; 0 in IMAGE mode.
      image_size: (width, height) of the image in pixels.
      poses: (F, 4, 4) float32, from the canonical face to the face before the camera, for column vectors: a
        rotation, and a translation in cm. x points to the right of the image, y up, z toward the viewer; the
        camera is at the origin, so that the translation's z is negative. None without
        output_facial_transformation_matrixes.
      blendshapes: (F, 52) float32 in [0, 1], in the order of BLENDSHAPE_NAMES. None without
        output_face_blendshapes.
      gaze: (F, 3, 3) float32 unit vectors in the frame of the poses: where the left eye looks, the right eye,
        and their mean. None without output_gaze.
      eye_aspect_ratios: (F, 2) float32, how far the left and the right eye are open; an open eye has 0.2 to
        0.4. None without output_blinks.
      blinks: those that ended in this frame; None without output_blinks and in IMAGE mode.
      landmark_spreads_px: (F, N) float32, pixels: how far each landmark scatters over the crops of its face,
        as a standard deviation. A landmark that scatters widely is doubtful, often hidden. None without
        refine_passes="best".

    Raises:
      InputError: shapes or lengths do not fit together.
    """

    landmarks_px: np.ndarray
    scores: np.ndarray
    rois: np.ndarray
    track_ids: np.ndarray
    timestamp_us: int
    image_size: tuple[int, int]
    poses: np.ndarray | None = None
    blendshapes: np.ndarray | None = None
    gaze: np.ndarray | None = None
    eye_aspect_ratios: np.ndarray | None = None
    blinks: BlinkEvents | None = None
    landmark_spreads_px: np.ndarray | None = None

    def __post_init__(self) -> None:
        landmarks = _frozen_array(self, "landmarks_px", np.float32)
        if landmarks.ndim != 3 or landmarks.shape[2] != 3:
            raise InputError(
                f"FaceLandmarkerResult: landmarks_px has shape {landmarks.shape}; expected (F, N, 3)."
            )
        faces = len(landmarks)
        for name, dtype, shape in (
            ("scores", np.float32, (faces,)),
            ("rois", np.float32, (faces, 5)),
            ("track_ids", np.int64, (faces,)),
        ):
            array = _frozen_array(self, name, dtype)
            if array.shape != shape:
                raise InputError(
                    f"FaceLandmarkerResult: {name} has shape {array.shape}; expected {shape}, because "
                    f"landmarks_px has {faces} faces."
                )
        entries = {**EXPRESSION_SHAPES, "landmark_spreads_px": landmarks.shape[1:2]}
        for name, entry in entries.items():
            if getattr(self, name) is None:
                continue
            array = _frozen_array(self, name, np.float32)
            if array.shape != (faces, *entry):
                raise InputError(
                    f"FaceLandmarkerResult: {name} has shape {array.shape}; expected {(faces, *entry)}, "
                    f"because landmarks_px has {faces} faces."
                )
        width, height = (int(side) for side in self.image_size)
        if width < 1 or height < 1:
            raise InputError(
                f"FaceLandmarkerResult: image_size is {(width, height)}; expected 1 pixel or more."
            )
        object.__setattr__(self, "image_size", (width, height))
        object.__setattr__(self, "timestamp_us", int(self.timestamp_us))

    @classmethod
    def from_normalized(
        cls,
        landmarks: NormalizedLandmarks,
        rois: NormalizedRects,
        scores: np.ndarray,
        timestamp_us: int,
        image_size: tuple[int, int],
        expression: Mapping[str, Any] | None = None,
    ) -> FaceLandmarkerResult:
        """Makes a result of the packets that a face mesh graph sends at one timestamp.

        Args:
          landmarks: of F faces.
          rois: the regions in which they were measured.
          scores: (F,) float32, presence scores.
          timestamp_us: the frame's time in microseconds.
          image_size: (width, height) in pixels, by which landmarks and regions are scaled.
          expression: the other attributes that are known, by name.
        """
        result = cls.__new__(cls)
        # The types of the graph's packets have checked shapes and lengths already.
        result.__dict__.update(
            landmarks_px=_frozen(landmarks.in_pixels(image_size)),
            scores=_frozen(scores),
            rois=_frozen(rois.in_pixels(image_size)),
            track_ids=_frozen(rois.ids),
            timestamp_us=timestamp_us,
            image_size=image_size,
            **dict.fromkeys((*EXPRESSION_SHAPES, "blinks", "landmark_spreads_px")),
        )
        for name, value in (expression or {}).items():
            _freeze(value)
            result.__dict__[name] = value
        return result

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restores a pickled or copied result, whose arrays are read-only again."""
        for value in state.values():
            _freeze(value)
        self.__dict__.update(state)

    def __len__(self) -> int:
        """The number of faces."""
        return len(self.landmarks_px)

    @cached_property
    def landmarks_norm(self) -> np.ndarray:
        """(F, N, 3) float32; x and z divided by the image's width, y by its height."""
        width, height = self.image_size
        landmarks = self.landmarks_px / np.array([width, height, width], np.float32)
        landmarks.flags.writeable = False
        return landmarks

    def points_px(self, *names: str) -> np.ndarray:
        """The landmarks with these names, of LANDMARK_NAMES or LANDMARK_GROUPS, in their order.

        Example: ``(corners,) = result.points_px("mouth_right", "mouth_left")`` for one face.

        Returns:
          (F, n, 3) float32 in pixels, as `landmarks_px`; a group gives all of its landmarks.

        Raises:
          InputError: a name is unknown, or it is an iris's and the faces have 468 landmarks.
        """
        from attention_mesh.python_bindings.landmarker.landmark_names import landmark_indices

        return self.landmarks_px[:, landmark_indices(names, self.landmarks_px.shape[1])]

    @cached_property
    def face_landmarks(self) -> list[list[NormalizedLandmark]]:
        """The landmarks as MediaPipe Tasks gives them: one list per face, of objects with x, y, z."""
        return [[NormalizedLandmark(*point) for point in face] for face in self.landmarks_norm.tolist()]

    @cached_property
    def face_blendshapes(self) -> list[list[Category]]:
        """The blend shapes as MediaPipe Tasks gives them; empty if none were asked for.

        For each face 52 categories in MediaPipe's order, `_neutral`, whose score is 0, first. MediaPipe has
        no `tongueOut`, which only `blendshapes` has.
        """
        return [] if self.blendshapes is None else blendshape_categories(self.blendshapes)

    @property
    def facial_transformation_matrixes(self) -> list[np.ndarray]:
        """The poses as MediaPipe Tasks gives them: a (4, 4) array per face; empty if none were asked for."""
        return [] if self.poses is None else list(self.poses.copy())

    def to_supervision_keypoints(self) -> supervision.KeyPoints:
        """Converts the faces for supervision's annotators and filters.

        Returns:
          `supervision.KeyPoints` with xy (F, N, 2) float32 in pixels. The confidence of every keypoint is its
          face's score, class_id is 0 (face), and `data` holds "track_id" (F,) and "z" (F, N).

        Raises:
          ImportError: supervision is not installed; the text names the extra.
        """
        try:
            import supervision
        except ImportError as error:
            raise MissingExtraError(
                f"to_supervision_keypoints() needs the package supervision: {install_command('supervision')}"
            ) from error
        faces, points = self.landmarks_px.shape[:2]
        if faces == 0:
            return supervision.KeyPoints.empty()
        # Positional: supervision renamed the third field (confidence, now keypoint_confidence).
        return supervision.KeyPoints(
            self.landmarks_px[..., :2].copy(),
            np.zeros(faces, int),
            np.repeat(self.scores[:, None], points, axis=1),
            data={"track_id": self.track_ids.copy(), "z": self.landmarks_px[..., 2].copy()},
        )


def _frozen_array(result: FaceLandmarkerResult, name: str, dtype: type) -> np.ndarray:
    """Replaces a field by a read-only view of it as an array of `dtype`, and returns that."""
    array = _frozen(np.asarray(getattr(result, name), dtype).view())
    object.__setattr__(result, name, array)
    return array


def _freeze(value: object) -> None:
    """Makes an array, or the arrays of blinks, read-only; leaves other values alone."""
    for array in vars(value).values() if isinstance(value, BlinkEvents) else (value,):
        if isinstance(array, np.ndarray):
            _frozen(array)


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
