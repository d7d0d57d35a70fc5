"""Lipstick on faces whose landmarks are on the GPU."""

from dataclasses import fields

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.drawing.makeup.lipstick import Lipstick
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor


@calculator
class GpuLipstickCalculator(Calculator):
    """Paints the lips of all faces of a frame, in a copy of it; nothing comes back to the CPU.

    As `MakeupCalculator`, it leaves bare what does not look like lip, such as a hand, a mustache, teeth or
    the tongue. It does not steady what the pixels of a video decide. A mouth of more than a quarter of the
    frame's pixels stays as it is.

    Inputs: IMAGE_GPU, the frame; LANDMARKS; FACES. Without one of the latter two the frame passes.
    Input side packets: LOOK, which overrides the option.
    Outputs: IMAGE_GPU, the frame with lipstick; empty if the input is.
    Options: look: name of a look that comes with the package, or path of a .pbtxt file. A look with other
      products is refused.

    Example::

        node {
          calculator: "GpuLipstickCalculator"
          input_stream: "IMAGE_GPU:image_gpu"
          input_stream: "LANDMARKS:landmarks_gpu"
          input_stream: "FACES:faces"
          output_stream: "IMAGE_GPU:painted_gpu"
          node_options {
            [type.googleapis.com/attention_mesh.GpuLipstickCalculatorOptions] { look: "red_matte" }
          }
        }
    """

    image = Input("IMAGE_GPU", GpuBuffer)
    landmarks = Input("LANDMARKS", GpuTensor)  # (F, 468 or 478, 3), fractions of the frame
    faces = Input("FACES", GpuTensor)  # (F, 8), see ROW
    look = SideInput("LOOK", str, optional=True)  # name or path
    result = Output("IMAGE_GPU", GpuBuffer)
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        look: str = "everyday_nude"

    def open(self) -> None:
        # Imported here: graphs that stay on the CPU need none of it.
        from attention_mesh.calculators.gpu.kernels.gpu_lipstick import GpuLipstick

        name = self.look.value if self.look.connected else self.options.look
        self._lipstick = GpuLipstick(self.gpu, _only_lipstick(name))

    def process(self) -> None:
        if self.image.is_empty:
            return
        picture = self.image.value
        if not self.landmarks.is_empty and not self.faces.is_empty:
            picture = self._lipstick.paint(picture, self.landmarks.value, self.faces.value)
        self.result.send(picture)


def _only_lipstick(name: str) -> Lipstick:
    look = load_look(name)
    others = [each.name for each in fields(look) if each.name != "lipstick" and getattr(look, each.name)]
    if look.lipstick is None or others:
        what = f"has {', '.join(others)}" if others else "has no lipstick"
        raise ValueError(f'the look "{name}" {what}; the GPU paints lipstick only: take MakeupCalculator')
    return look.lipstick
