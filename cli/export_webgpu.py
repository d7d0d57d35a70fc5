"""`attention-mesh export --webgpu`: a network as a folder of shaders, weights and dispatches."""

from __future__ import annotations

from pathlib import Path

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.user_command import EXIT_OK
from attention_mesh.limits import read_file

_DESCRIPTION = "program.json"


def export_webgpu(network: str, folder: Path, precision: str, force: bool) -> int:
    """Writes the program of a network, and prints its size.

    Args:
        network: "official", "open", the path of a .keras file, or that of a .tflite file.
        folder: what to write; it is made.
        precision: "float32" or "float16".
        force: whether to write into a folder that holds something.

    Raises:
        UsageError: the folder holds something, or there is no such file.
        UnsupportedNetworkError: the network has an operator without a shader.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; --webgpu writes into a folder")
    if folder.exists() and any(folder.iterdir()) and not force:
        raise UsageError(f"{folder} holds files; --force writes over them")
    from attention_mesh.webgpu.compiler.compile_network import compile_network

    program = compile_network(_content(network), precision)
    program.save(folder)
    sizes = (
        f"{len(program.weights) / 1e6:.1f} MB of weights, {program.arena_bytes / 1e6:.1f} MB of activations"
    )
    typer.echo(f"{folder / _DESCRIPTION}: {len(program.dispatches)} dispatches, {sizes} per image")
    return EXIT_OK


def _content(network: str) -> bytes:
    """The bytes of the .tflite file that is compiled: the fused one, as the graphs run it."""
    if network.endswith(".tflite"):
        path = Path(network).expanduser()
        if not path.is_file():
            raise UsageError(f"there is no file {network}")
        from attention_mesh.models.weights.checking.check_unknown_model import check_unknown_model

        content = read_file(path)
        check_unknown_model(content, network)
        return content
    if not network.endswith(".keras"):
        from attention_mesh.models.weights.model_files import landmark_model

        if network not in ("official", "open"):
            raise UsageError(
                f"{network!r} is no network; expected official, open, a .keras or a .tflite file"
            )
        return landmark_model(weights=network).read_bytes()
    from attention_mesh.models.keras_backend import import_keras

    import_keras()
    from attention_mesh.models.attention_mesh.load_network import load_network
    from attention_mesh.models.export.tflite import export_fused

    return export_fused(load_network(network))
