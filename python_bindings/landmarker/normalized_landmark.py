"""NormalizedLandmark: a point of a face, in the shape of MediaPipe Tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attention_mesh.framework.formats import landmark_pb2


@dataclass(slots=True)
class NormalizedLandmark:
    """A point of a face.

    Attributes:
      x: as a fraction of the image's width.
      y: as a fraction of the image's height.
      z: on x's scale; smaller is nearer.
      visibility: None.
      presence: None, because the mesh has one presence score per face and none per point.
      name: None.
    """

    x: float | None = None
    y: float | None = None
    z: float | None = None
    visibility: float | None = None
    presence: float | None = None
    name: str | None = None

    def to_pb2(self) -> landmark_pb2.NormalizedLandmark:
        """The point as a message; a value that is None stays unset. The message has no field for `name`."""
        from attention_mesh.framework.formats import landmark_pb2

        return landmark_pb2.NormalizedLandmark(
            x=self.x, y=self.y, z=self.z, visibility=self.visibility, presence=self.presence
        )

    @classmethod
    def create_from_pb2(cls, pb2_obj: landmark_pb2.NormalizedLandmark) -> NormalizedLandmark:
        """The point of a message; a value that is unset becomes 0 for a coordinate, else None."""
        visibility, presence = (
            getattr(pb2_obj, name) if pb2_obj.HasField(name) else None for name in ("visibility", "presence")
        )
        return cls(pb2_obj.x, pb2_obj.y, pb2_obj.z, visibility, presence)
