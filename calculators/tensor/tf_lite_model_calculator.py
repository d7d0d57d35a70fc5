"""Model for an inference node, from the content of a file."""

import os

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract

# Every .tflite file has this identifier at this place (the schema's file_identifier).
_IDENTIFIER, _IDENTIFIER_AT = b"TFL3", 4


@calculator
class TfLiteModelCalculator(Calculator):
    """Checks that some bytes are a .tflite file and passes them on.

    MediaPipe's node of this name.

    Input side packets: one of MODEL_BLOB and MODEL_RESOURCE, the content; or MODEL_FD, an open file.
    Output side packets: MODEL, and SHARED_MODEL, the same.

    Example::

        node {
          calculator: "TfLiteModelCalculator"
          input_side_packet: "MODEL_BLOB:model_blob"
          output_side_packet: "MODEL:model"
        }
    """

    blob = SideInput("MODEL_BLOB", bytes, optional=True)
    resource = SideInput("MODEL_RESOURCE", bytes | str, optional=True)
    # (descriptor, offset, length), bytes; a length of -1 is up to the end.
    descriptor = SideInput("MODEL_FD", tuple, optional=True)
    model = SideOutput("MODEL", bytes)
    shared_model = SideOutput("SHARED_MODEL", bytes)

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.side_inputs) != 1:
            raise ValueError("expected one of the side packets MODEL_BLOB, MODEL_RESOURCE and MODEL_FD")

    def open(self) -> None:
        if self.descriptor.connected:
            number, offset, length = self.descriptor.value
            length = os.fstat(number).st_size - offset if length < 0 else length
            content = os.pread(number, length, offset)
        else:
            content = self.blob.value if self.blob.connected else self.resource.value
        if isinstance(content, str):
            raise ValueError("MODEL_RESOURCE is text; a model is read as binary")
        if content[_IDENTIFIER_AT : _IDENTIFIER_AT + len(_IDENTIFIER)] != _IDENTIFIER:
            raise ValueError(f"the {len(content)} bytes are no .tflite file: they do not say TFL3 at byte 4")
        for output in (self.model, self.shared_model):
            if output.connected:
                output.set(content)
