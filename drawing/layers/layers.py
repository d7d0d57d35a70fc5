"""The layers by name, and the drawing of several of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attention_mesh.drawing.layers.boxes_layer import BoxesLayer
from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.contours_layer import ContoursLayer
from attention_mesh.drawing.layers.depth_layer import DepthLayer
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.gaze_layer import GazeLayer
from attention_mesh.drawing.layers.irises_layer import IrisesLayer
from attention_mesh.drawing.layers.labels_layer import LabelsLayer
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.mesh_layer import MeshLayer
from attention_mesh.drawing.layers.motion_layer import MotionLayer
from attention_mesh.drawing.layers.roi_layer import RoiLayer

# In the order in which they are drawn best: surfaces, lines, text.
LAYERS: dict[str, Callable[[], Layer]] = {
    "depth": DepthLayer,
    "motion": MotionLayer,
    "mesh": MeshLayer,
    "contours": ContoursLayer,
    "irises": IrisesLayer,
    "gaze": GazeLayer,
    "roi": RoiLayer,
    "boxes": BoxesLayer,
    "labels": LabelsLayer,
    "ids": lambda: LabelsLayer(scores=False, texts=False),
}


def named_layers(names: Iterable[str]) -> list[Layer]:
    """Layers with their default styles, in the order of the names.

    Raises:
        ValueError: a name is unknown or stands there twice, or there is none; the text lists the known ones.
    """
    names = list(names)
    known = ", ".join(LAYERS)
    if not names:
        raise ValueError(f"no layer is named; known layers: {known}")
    for index, name in enumerate(names):
        if name not in LAYERS:
            raise ValueError(f'"{name}" is no layer; known layers: {known}')
        if name in names[:index]:
            raise ValueError(f'the layer "{name}" is named twice')
    return [LAYERS[name]() for name in names]


def draw_layers(canvas: Canvas, faces: DrawnFaces, layers: Sequence[Layer]) -> None:
    """Draws layers one over the other. Faces with a point that is not finite are left out.

    Raises:
        ValueError: a layer needs something that is not known of the faces.
    """
    for layer in layers:
        for name in layer.needs:
            if getattr(faces, name) is None:
                raise ValueError(f"{type(layer).__name__} needs {name}, which is not given")
    faces = faces.finite()
    if not len(faces):
        return
    for layer in layers:
        layer.draw(canvas, faces)
