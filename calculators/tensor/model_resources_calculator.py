"""The model of a graph of MediaPipe Tasks."""

import os

from attention_mesh.framework import Calculator, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.resources import resource_file
from attention_mesh.limits import MAX_MODEL_BYTES, read_file


@calculator
class ModelResourcesCalculator(Calculator):
    """Reads the model that the options name.

    MediaPipe's node of this name, from the graphs of MediaPipe Tasks.

    Output side packets: MODEL, the content of the file; OP_RESOLVER, which is not needed;
      METADATA_EXTRACTOR, the content again, in which the metadata lie.
    Options: `model_file`, by its content, its name (as every path in a graph) or an open file's descriptor.

    Example::

        node {
          calculator: "ModelResourcesCalculator"
          output_side_packet: "MODEL:model"
          node_options {
            [type.googleapis.com/mediapipe.tasks.core.proto.ModelResourcesCalculatorOptions] {
              model_file { file_name: "face_blendshapes.tflite" }
            }
          }
        }
    """

    model = SideOutput("MODEL", bytes)
    resolver = SideOutput("OP_RESOLVER", str)
    metadata = SideOutput("METADATA_EXTRACTOR", bytes)

    Options = "mediapipe.tasks.core.proto.ModelResourcesCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        file = node.options.model_file
        if file.HasField("file_pointer_meta"):
            raise ValueError("file_pointer_meta is not supported; name the file or give its content")
        if not any(file.HasField(name) for name in ("file_content", "file_name", "file_descriptor_meta")):
            raise ValueError(
                "model_file is missing, by file_name, file_content or file_descriptor_meta; there are no "
                "models by model_resources_tag here"
            )

    def open(self) -> None:
        content = self._content()
        self.model.set(content)
        self.resolver.set("built-in operators")
        self.metadata.set(content)

    def _content(self) -> bytes:
        file = self.options.model_file
        if file.HasField("file_content"):
            return file.file_content
        if file.HasField("file_name"):
            return read_file(resource_file(file.file_name), MAX_MODEL_BYTES)
        part = file.file_descriptor_meta
        rest = max(0, os.fstat(part.fd).st_size - part.offset)
        length = min(part.length or rest, rest)
        if length > MAX_MODEL_BYTES:
            raise ValueError(f"the model has {length} bytes; it may have {MAX_MODEL_BYTES}")
        return os.pread(part.fd, length, part.offset)
