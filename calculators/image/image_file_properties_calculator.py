"""Properties of an image file: its size and its camera's focal length, from EXIF."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, SideOutput, calculator
from attention_mesh.framework.formats.image_file_properties_pb2 import ImageFileProperties
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.focal_length import focal_length_px
from attention_mesh.media.exif import read_exif


@calculator
class ImageFilePropertiesCalculator(Calculator):
    """Reads the size and the focal length of a photo from its EXIF.

    MediaPipe's node of this name. A photo without EXIF, or whose EXIF lacks one of the numbers, is an error.
    The output side packet is that of the first photo of the run, because other nodes read side packets once.

    Inputs: untagged, the bytes of a JPEG file.
    Input side packets: the same, instead of the stream.
    Outputs: untagged, ImageFileProperties for each photo.
    Output side packets: the same; set when the first photo has come.

    Example::

        node {
          calculator: "ImageFilePropertiesCalculator"
          input_stream: "file_content"
          output_side_packet: "image_file_properties"
        }
    """

    encoded = Input("", bytes, optional=True)
    given = SideInput("", bytes, optional=True)
    properties = Output("", ImageFileProperties)
    known = SideOutput("", ImageFileProperties, late=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) + len(node.side_inputs) != 1:
            raise ValueError("connect the image as an input stream or as an input side packet")
        if not node.outputs and not node.side_outputs:
            raise ValueError("connect an output: a stream or a side packet")
        if node.side_inputs and node.outputs:
            raise ValueError("an input side packet gives an output side packet; no stream says when to send")

    def open(self) -> None:
        if self.given.connected:
            self.known.set(image_file_properties(self.given.value))

    def process(self) -> None:
        if self.encoded.is_empty:
            return
        if self.properties.connected or not self.known.is_set:
            properties = image_file_properties(self.encoded.value)
            self.properties.send(properties)
            if not self.known.is_set:
                self.known.set(properties)


def image_file_properties(data: bytes) -> ImageFileProperties:
    """The properties of a JPEG file, given as bytes.

    Raises:
      MediaError: it has no EXIF.
      ValueError: its EXIF lacks the size or a focal length.
    """
    exif = read_exif(data)
    return ImageFileProperties(
        image_width=exif.size[0],
        image_height=exif.size[1],
        focal_length_mm=exif.focal_mm,
        focal_length_35mm=exif.focal_35mm,
        focal_length_pixels=focal_length_px(exif.size, exif.focal_mm, exif.focal_35mm),
    )
