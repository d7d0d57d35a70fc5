"""Contents of files, by their paths."""

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.resources import resource_file
from attention_mesh.limits import read_file


@calculator
class LocalFileContentsCalculator(Calculator):
    """Reads files into side packets, once, before the run.

    MediaPipe's node of this name. A path is looked up below the resource folder
    (`resource_util.set_resource_dir`), then as a path of its own, then by its file name among the official
    models, which are fetched at first use.

    Input side packets: FILE_PATH (str), one or more.
    Output side packets: CONTENTS (bytes), one per FILE_PATH.
    Options: `text_mode`, with which line ends become "\\n".

    Example::

        node {
          calculator: "LocalFileContentsCalculator"
          input_side_packet: "FILE_PATH:model_path"
          output_side_packet: "CONTENTS:model_blob"
        }
    """

    paths = SideInput("FILE_PATH", str, repeated=True)
    contents = SideOutput("CONTENTS", bytes, repeated=True)

    Options = "mediapipe.LocalFileContentsCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.side_inputs) != len(node.side_outputs):
            raise ValueError(
                f"{len(node.side_inputs)} FILE_PATH side packets but {len(node.side_outputs)} CONTENTS; "
                "expected as many"
            )

    def open(self) -> None:
        for path, contents in zip(self.paths, self.contents, strict=True):
            data = read_file(resource_file(path.value))
            contents.set(data.replace(b"\r\n", b"\n") if self.options.text_mode else data)
