"""Avatar renderer: draws an avatar for each face of a frame."""

import cv2
import numpy as np

from attention_mesh.drawing.avatar.avatar_renderer import RENDERERS, open_avatar_renderer
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.load_avatar import load_avatar
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.limits import check_size

LAYOUTS = ("avatar", "over_frame", "side_by_side")
_LARGEST_PX = 4096
_GRAY = (200, 206, 214)


@calculator
class AvatarRendererCalculator(Calculator):
    """Draws an avatar in place of each face, as the camera would see it there.

    The avatars move, turn and look as the faces do. A frame without a face shows the background.

    Inputs: BLENDSHAPES, POSES and GAZE of the same faces: no packet, or one with F = 0, if there is no face.
      Without GAZE, the eyes follow the eyeLook… coefficients. IMAGE, the frame, or IMAGE_SIZE, its size:
      exactly one of them; the layouts over_frame and side_by_side need IMAGE.
    Input side packets: AVATAR, the path of a GLB file with ARKit's blend shapes; "" or no packet is the
      built-in avatar; LAYOUT, HEIGHT, RENDERER and VERTICAL_FOV_DEGREES, which override the options of
      these names.
    Outputs: IMAGE, the picture; empty if the frame is.
    Options: layout: "avatar", only the avatars; "over_frame", over the frame; "side_by_side", to the right of
      the frame. height: of the picture in pixels, its width in proportion to the frame; 0 is the frame's own.
      background: RGB, three numbers 0 to 255; none for a light gray. vertical_fov_degrees: of the camera
      that POSES assume.
      renderer: "auto", "gpu" or "software"; auto takes a graphics card if there is one.

    Example::

        node {
          calculator: "AvatarRendererCalculator"
          input_side_packet: "AVATAR:avatar"
          input_stream: "BLENDSHAPES:blendshapes"
          input_stream: "POSES:poses"
          input_stream: "GAZE:gaze"
          input_stream: "IMAGE:image"
          output_stream: "IMAGE:avatar_image"
          node_options {
            [type.googleapis.com/attention_mesh.AvatarRendererCalculatorOptions] { layout: "side_by_side" }
          }
        }
    """

    blendshapes = Input("BLENDSHAPES", np.ndarray)  # (F, 52) float32, 0 to 1, as `BLENDSHAPE_NAMES`
    poses = Input("POSES", np.ndarray)  # (F, 4, 4) float32, canonical face to camera, cm
    gaze = Input("GAZE", np.ndarray, optional=True)  # (F, 3, 3) float32, unit vectors: left, right, mean
    image = Input("IMAGE", np.ndarray, optional=True)  # (H, W, 3) uint8 RGB
    image_size = Input("IMAGE_SIZE", tuple, optional=True)  # (width, height), pixels
    avatar = SideInput("AVATAR", str, default="")  # path, "" for the built-in avatar
    layout = SideInput("LAYOUT", str, optional=True)
    height = SideInput("HEIGHT", int, optional=True)  # pixels
    renderer = SideInput("RENDERER", str, optional=True)
    vertical_fov_degrees = SideInput("VERTICAL_FOV_DEGREES", float, optional=True)
    picture = Output("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    timestamp_offset = 0

    class Options:
        layout: str = "avatar"
        height: int = 0
        background: list[int] = []
        vertical_fov_degrees: float = 63.0
        renderer: str = "auto"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        _check_picture(options.layout, options.height)
        if options.renderer not in RENDERERS:
            raise ValueError(f"renderer {options.renderer!r} is none of {', '.join(RENDERERS)}")
        if len(options.background) not in (0, 3) or not all(
            0 <= level <= 255 for level in options.background
        ):
            raise ValueError(f"background {list(options.background)} is not three numbers from 0 to 255")
        _check_fov(options.vertical_fov_degrees)
        tags = {connection.entry.tag for connection in node.inputs}
        if len(tags & {"IMAGE", "IMAGE_SIZE"}) != 1:
            raise ValueError("connect exactly one of the inputs IMAGE and IMAGE_SIZE")
        if options.layout != "avatar" and "IMAGE" not in tags:
            raise ValueError(f'the layout "{options.layout}" needs the input IMAGE')

    def open(self) -> None:
        path = self.avatar.value
        self._layout = self.layout.value if self.layout.connected else self.options.layout
        self._height = self.height.value if self.height.connected else self.options.height
        _check_picture(self._layout, self._height)
        fov = self.vertical_fov_degrees
        self._fov_degrees = fov.value if fov.connected else self.options.vertical_fov_degrees
        _check_fov(self._fov_degrees)
        if self._layout != "avatar" and not self.image.connected:
            raise ValueError(f'the layout "{self._layout}" needs the input IMAGE')
        kind = self.renderer.value if self.renderer.connected else self.options.renderer
        self._renderer = open_avatar_renderer(load_avatar(path), kind)

    def process(self) -> None:
        frame = None if self.image.is_empty else self.image.value
        if frame is not None:
            if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
                what = f"{frame.shape} {frame.dtype}"
                raise ValueError(f'stream "{self.image.name}": expected (H, W, 3) uint8, not {what}')
            size = (frame.shape[1], frame.shape[0])
        elif not self.image_size.is_empty:
            size = self.image_size.value
        else:
            return
        picture = self._background(frame, size)
        if not self.poses.is_empty and not self.blendshapes.is_empty and len(self.poses.value):
            gaze = None if self.gaze.is_empty else self.gaze.value
            scene = AvatarScene(self.blendshapes.value, self.poses.value, gaze, self._fov_degrees)
            self._renderer.draw(picture, scene)
        if self._layout == "side_by_side" and frame is not None:
            picture = np.concatenate([_scaled(frame, picture.shape[1::-1]), picture], axis=1)
        self.picture.send(picture)

    def close(self) -> None:
        self._renderer.close()

    def _background(self, frame: np.ndarray | None, size: tuple[int, int]) -> np.ndarray:
        """A picture of its own to draw over."""
        height = self._height or size[1]
        size = (max(1, round(size[0] * height / size[1])), height)
        check_size(*size, "the picture of the avatar")
        if self._layout == "over_frame" and frame is not None:
            scaled = _scaled(frame, size)
            return scaled.copy() if scaled is frame else scaled
        return np.full((size[1], size[0], 3), tuple(self.options.background) or _GRAY, np.uint8)


def _check_picture(layout: str, height: int) -> None:
    if layout not in LAYOUTS:
        raise ValueError(f"layout {layout!r} is none of {', '.join(LAYOUTS)}")
    if not 0 <= height <= _LARGEST_PX:
        raise ValueError(f"height {height} is not between 0 and {_LARGEST_PX}")


def _check_fov(degrees: float) -> None:
    if not 1 <= degrees < 180:
        raise ValueError(f"vertical_fov_degrees {degrees} is not between 1 and 180")


def _scaled(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The frame at a size (width, height): itself if it has this size."""
    if frame.shape[1::-1] == size:
        return frame
    smaller = frame.shape[0] > size[1]
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
