"""Finds the streams of a graph that the command line feeds and collects."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from attention_mesh.cli.errors import UsageError
from attention_mesh.framework.port_types import members
from attention_mesh.framework.tags import TagName
from attention_mesh.framework.validated_graph import ValidatedGraph
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.media.raw_picture import RawPicture

_IMAGE_TAGS = ("IMAGE", "VIDEO", "IMAGE_FRAME")
_INPUT_NAMES = ("input_video", "image", "input_image", "input_frames", "video")
# Outputs that say what faces do: the attribute of a result -> the tag.
_EXPRESSION_TAGS = {
    "poses": "POSES",
    "blendshapes": "BLENDSHAPES",
    "gaze": "GAZE",
    "eye_aspect_ratios": "EYE_ASPECT_RATIOS",
}
_OUTPUT_NAMES = ("output_video", "output_image", "annotated_image", "video")


@dataclass(frozen=True)
class GraphPorts:
    """Stream names of a graph, by their meaning to the command line.

    Attributes:
      input: takes the frames.
      is_encoded: whether it takes them as the bytes of image files, not as arrays.
      takes_raw: whether all its readers take them in the format of a film or a camera, too.
      image, landmarks, rois, scores: outputs that are collected; None if the graph has no such output.
      expression: outputs that say what the faces do, by the attribute of a result that they are.
      values: all other outputs -> their type, as far as it is known.
    """

    input: str
    image: str | None
    landmarks: str | None
    rois: str | None
    scores: str | None
    is_encoded: bool = False
    takes_raw: bool = False
    expression: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outputs(self) -> list[str]:
        """The output streams that are collected, each once."""
        names = (self.image, self.landmarks, self.rois, self.scores, *self.expression.values(), *self.values)
        return list(dict.fromkeys(name for name in names if name is not None))

    def collecting(self, wanted: Collection[str], values: bool) -> GraphPorts:
        """The same without the outputs that nobody wants.

        Args:
          wanted: attributes of results.
          values: whether all outputs that are nothing else are wanted, too.
        """
        kept = {name: stream for name, stream in self.expression.items() if name in wanted}
        others = {stream: np.ndarray for name, stream in self.expression.items() if name not in kept}
        return replace(self, expression=kept, values={**self.values, **others} if values else {})

    @classmethod
    def of(cls, graph: ValidatedGraph) -> GraphPorts:
        """Finds the streams of a graph.

        The input is the one tagged IMAGE (or VIDEO), else the one named input_video or image, else the only
        one, else the only one whose packets are arrays. Pictures come from an output with such a tag or named
        output_video. Landmarks come from the output tagged LANDMARKS, else from the first whose packets are
        landmarks; regions and scores from ROIS and SCORES. What the faces do comes from POSES, BLENDSHAPES,
        GAZE and EYE_ASPECT_RATIOS, if their packets are arrays.

        Raises UsageError if there is no such input, or if there are more inputs, which nothing could feed.
        """
        frames = (
            _by_tag(graph.inputs, _IMAGE_TAGS)
            or _by_name(graph.inputs, _INPUT_NAMES)
            or (graph.inputs[0].name if len(graph.inputs) == 1 else None)
            or _only_array(graph)
        )
        names = [entry.name for entry in graph.inputs]
        if frames is None:
            raise UsageError(
                f"--graph: no input stream takes frames; tag one IMAGE or name it input_video (it has: "
                f"{', '.join(names) or 'none'})"
            )
        others = [name for name in names if name != frames]
        if others:
            raise UsageError(
                f"--graph: frames go to {frames}, but nothing can feed its other inputs: {', '.join(others)}"
            )
        ports = cls(
            input=frames,
            image=_by_tag(graph.outputs, _IMAGE_TAGS) or _by_name(graph.outputs, _OUTPUT_NAMES),
            landmarks=_by_tag(graph.outputs, ("LANDMARKS", "MULTI_LANDMARKS")) or _landmarks_by_type(graph),
            rois=_by_tag(graph.outputs, ("ROIS",)),
            scores=_by_tag(graph.outputs, ("SCORES",)),
            is_encoded=graph.input_types(frames) == (bytes,),
            takes_raw=_takes_raw(graph, frames),
            expression={
                name: stream
                for name, tag in _EXPRESSION_TAGS.items()
                if (stream := _by_tag(graph.outputs, (tag,))) is not None and _is_array(graph, stream)
            },
        )
        others = [entry.name for entry in graph.outputs if entry.name not in ports.outputs]
        return replace(ports, values={name: graph.stream_type(name) for name in others})


def _takes_raw(graph: ValidatedGraph, stream: str) -> bool:
    readers = [c.port.type for node in graph.nodes for c in node.inputs if c.entry.name == stream]
    return bool(readers) and all(RawPicture in members(reader) for reader in readers)


def _by_tag(entries: Sequence[TagName], tags: tuple[str, ...]) -> str | None:
    return next((entry.name for tag in tags for entry in entries if entry.tag == tag), None)


def _by_name(entries: Sequence[TagName], names: tuple[str, ...]) -> str | None:
    return next((entry.name for name in names for entry in entries if entry.name == name), None)


def _only_array(graph: ValidatedGraph) -> str | None:
    """The only input that a node takes as an array, if there is just one."""
    taken = {
        connection.entry.name
        for node in graph.nodes
        for connection in node.inputs
        if np.ndarray in members(connection.port.type)
    }
    names = [entry.name for entry in graph.inputs if entry.name in taken]
    return names[0] if len(names) == 1 else None


def _is_array(graph: ValidatedGraph, stream: str) -> bool:
    producer = graph.producers.get(stream)
    return producer is not None and producer[1].type is np.ndarray


def _landmarks_by_type(graph: ValidatedGraph) -> str | None:
    for entry in graph.outputs:
        producer = graph.producers.get(entry.name)
        if producer is not None and issubclass(producer[1].type, NormalizedLandmarks):
            return entry.name
    return None
