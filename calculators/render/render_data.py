"""The messages that say what to draw: `RenderData`, its shapes, and their colours."""

from attention_mesh.framework.formats.message_facade import facade_class

Color = facade_class("mediapipe.Color")
ColorMap = facade_class("mediapipe.ColorMap")
RenderAnnotation = facade_class("mediapipe.RenderAnnotation")
RenderData = facade_class("mediapipe.RenderData")
RenderViewport = facade_class("mediapipe.RenderViewport")


def set_color(annotation: RenderAnnotation, color: Color) -> None:
    """Gives a shape a colour with all three channels set, those that `color` leaves open as 0."""
    mine = annotation.color
    mine.r, mine.g, mine.b = color.r, color.g, color.b
