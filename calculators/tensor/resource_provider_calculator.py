"""Contents of files as side packets."""

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.resources import resource_file
from attention_mesh.limits import read_file, read_text_file


@calculator
class ResourceProviderCalculator(Calculator):
    """Reads files once, at the start.

    MediaPipe's node of this name. A path is looked up below the resource folder, then as a path of its own,
    then by its file name among the official models, which come from the cache of weights.

    Input side packets: RESOURCE_ID, paths.
    Output side packets: RESOURCE, one per path: bytes, or str with READ_MODE_TEXT.
    Options: `resource_id`, paths in place of the side packets; `read_mode`.

    Example::

        node {
          calculator: "ResourceProviderCalculator"
          input_side_packet: "RESOURCE_ID:model_path"
          output_side_packet: "RESOURCE:model_resource"
        }
    """

    paths = SideInput("RESOURCE_ID", str, optional=True, repeated=True)
    resources = SideOutput("RESOURCE", bytes | str, repeated=True)

    Options = "mediapipe.ResourceProviderCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        given, named = len(node.side_inputs), len(node.options.resource_id)
        if bool(given) == bool(named):
            raise ValueError(
                "give the paths by one of the side packets RESOURCE_ID and the option resource_id"
            )
        if given + named != len(node.side_outputs):
            raise ValueError(f"{given + named} paths for {len(node.side_outputs)} RESOURCE outputs")

    def open(self) -> None:
        paths = [port.value for port in self.paths] or list(self.options.resource_id)
        as_text = self.options.read_mode == self.options.READ_MODE_TEXT
        for path, resource in zip(paths, self.resources, strict=True):
            file = resource_file(path)
            resource.set(read_text_file(file) if as_text else read_file(file))
