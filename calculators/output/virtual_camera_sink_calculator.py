"""Virtual camera: shows pictures to other programs as a camera."""

import numpy as np

from attention_mesh.framework import Calculator, Input, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.media.virtual_camera import VirtualCamera

FIRST_FREE = "first"


@calculator
class VirtualCameraSinkCalculator(Calculator):
    """Shows each picture in a virtual camera, which meeting and streaming programs can choose.

    The first picture decides the camera's size; later ones of another size are scaled.

    Inputs: IMAGE.
    Input side packets: DEVICE, the device file or name of the camera, "first" for the first free one, "" if
      nothing is to be shown.
    Options: `fps`, the rate that is reported to other programs.

    Example::

        node {
          calculator: "VirtualCameraSinkCalculator"
          input_stream: "IMAGE:picture"
          input_side_packet: "DEVICE:virtual_camera"
        }
    """

    image = Input("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    device = SideInput("DEVICE", str, names="device")

    class Options:
        fps: float = 30.0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if node.options.fps <= 0:
            raise ValueError(f"fps is {node.options.fps:g}; expected more than 0")

    def open(self) -> None:
        self._camera: VirtualCamera | None = None

    def process(self) -> None:
        if not self.device.value or self.image.is_empty:
            return
        image = self.image.value
        if self._camera is None:
            device = None if self.device.value == FIRST_FREE else self.device.value
            self._camera = VirtualCamera((image.shape[1], image.shape[0]), self.options.fps, device)
        self._camera.show(image)

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
