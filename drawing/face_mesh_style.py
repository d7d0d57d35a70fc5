"""Style of a face mesh drawing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FaceMeshStyle:
    """Which parts of a mesh are drawn, how thick and in which order of channels.

    Attributes:
      tesselation: all edges of the mesh.
      contours: face oval, lips, eyes and eyebrows; the subject's left is green, the right red.
      irises: a circle around each iris, if the mesh has irises.
      boxes: the region of interest of each face, or, if unknown, the box of its points.
      ids: the track id beside each face, if it is known and not 0.
      thickness: of contours, irises and boxes, in pixels; 0 takes 1 for images up to 719 pixels on their
        shorter side, and one more for each further 480. Tesselation is drawn half as thick, at least 1.
      antialias: smooth lines placed to a fraction of a pixel, at two to three times the cost.
      bgr: the image has its channels in OpenCV's order, blue first; else red first.
    """

    tesselation: bool = False
    contours: bool = True
    irises: bool = True
    boxes: bool = False
    ids: bool = False
    thickness: int = 0
    antialias: bool = True
    bgr: bool = False

    def __post_init__(self) -> None:
        if self.thickness < 0:
            raise ValueError(
                f"thickness is {self.thickness} pixels; it must be at least 1, or 0 for automatic"
            )

    def thickness_px(self, size: tuple[int, int]) -> int:
        """Thickness of contours on an image of `size` = (width, height)."""
        return self.thickness or max(1, round(min(size) / 480))
