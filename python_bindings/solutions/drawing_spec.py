"""How a point or a line is drawn."""

from dataclasses import dataclass


@dataclass
class DrawingSpec:
    """Style of a landmark, a connection or a box.

    color: (blue, green, red), 0 … 255 each.
    thickness: of the line in pixels; a negative one fills circles and boxes.
    circle_radius: pixels.
    """

    color: tuple[int, int, int] = (224, 224, 224)
    thickness: int = 2
    circle_radius: int = 2
