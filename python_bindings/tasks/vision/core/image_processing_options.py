"""ImageProcessingOptions: how an image is turned before it is measured."""

from __future__ import annotations

from dataclasses import dataclass

from attention_mesh.python_bindings.tasks.components.containers.rect import RectF


@dataclass
class ImageProcessingOptions:
    """Options of one image.

    Attributes:
      region_of_interest: None; the face landmarker takes no other, as MediaPipe's.
      rotation_degrees: by which the image is turned clockwise before faces are searched, a multiple of 90.
    """

    region_of_interest: RectF | None = None
    rotation_degrees: int = 0
