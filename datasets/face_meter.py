"""FaceMeter: measures the faces of films and photos, one after the other, with one set of networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.media.video_source import VideoSource
from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.landmarker.face_mesh_graph import open_face_mesh_graph
from attention_mesh.python_bindings.landmarker.landmarker_graph import landmarker_side_packets

ROI_STEPS = 512
"""Tracked regions lie on a grid of so many steps per side, see `snapped_squares`, so that a film that is
measured from the middle soon gives the numbers that it gives from the beginning. The steps move landmarks by
0.1 px in a face 220 px wide, which is no more than the noise of the network."""


@dataclass(frozen=True, slots=True)
class MeasuredFrame:
    """A frame of a source: its number, its time in µs, and its faces."""

    index: int
    timestamp_us: int
    faces: FaceLandmarkerResult


class FaceMeter:
    """Measures source after source; a context manager. One thread at a time may use it.

    The networks of films and of photos are loaded when the first of them comes, and stay.
    """

    def __init__(self, options: DatasetOptions) -> None:
        self._options = options
        self._film: _FilmGraph | None = None
        self._photo: FaceLandmarker | None = None

    def measure(self, source: VideoSource) -> Iterator[MeasuredFrame]:
        """Yields every frame, with or without a face. MediaError as the source raises it."""
        if source.still:
            if self._photo is None:
                self._photo = FaceLandmarker(self._options.landmarker_options(is_film=False))
            for frame in source:
                yield MeasuredFrame(frame.index, 0, self._photo.detect(frame.image))
            return
        if self._film is None:
            self._film = _FilmGraph(self._options)
        self._film.reset()
        for frame in source:
            yield MeasuredFrame(
                frame.index, frame.timestamp_us, self._film.run(frame.image, frame.timestamp_us)
            )

    def close(self) -> None:
        """Frees the networks; the next source loads them again."""
        for part in (self._film, self._photo):
            if part is not None:
                part.close()
        self._film = self._photo = None

    def __enter__(self) -> FaceMeter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _FilmGraph:
    """The graphs of a FaceLandmarker for films, which here get times in µs and pictures of four channels."""

    def __init__(self, options: DatasetOptions) -> None:
        given = options.landmarker_options(is_film=True)
        side_packets = landmarker_side_packets(given, given.weights) | {"roi_steps": ROI_STEPS}
        self._graph = open_face_mesh_graph("face_mesh", side_packets)
        self._expression = FaceExpressionGraph(given.expression_outputs, given.expression_side_packets)

    def run(self, image: np.ndarray, timestamp_us: int) -> FaceLandmarkerResult:
        """The faces of an image (H, W, 3 or 4) uint8 RGB."""
        landmarks, rois, scores = self._graph.run(timestamp_us, {"image": image})
        size = image.shape[1], image.shape[0]
        more = self._expression.run(timestamp_us, landmarks, rois, size)
        return FaceLandmarkerResult.from_normalized(landmarks, rois, scores, timestamp_us, size, more)

    def reset(self) -> None:
        self._graph.reset()
        self._expression.reset()

    def close(self) -> None:
        self._graph.close()
        self._expression.close()
