"""`attention-mesh export`: a network for another runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.export_webgpu import export_webgpu
from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_OK, user_command

_MEASURED_ON = 16  # synthetic faces
_SUFFIXES = (".tflite", ".task", ".onnx", "")


@user_command
def export(
    network: Annotated[
        str,
        typer.Argument(
            help="official, open, or the .keras file of a training; for --webgpu also a .tflite file."
        ),
    ],
    output: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="OUT.tflite, OUT.task, OUT.onnx, or a folder for a SavedModel."),
    ],
    webgpu: Annotated[
        bool, typer.Option("--webgpu", help="Write shaders and dispatches for WebGPU into the folder OUT.")
    ] = False,
    precision: Annotated[
        str,
        typer.Option(
            help="Weights of a .tflite or .task file: float32, float16 or int8; WebGPU: float32 or float16."
        ),
    ] = "float32",
    flavor: Annotated[
        str, typer.Option(help="Runtime to build for: cpu, or gpu (only operators that GPU delegates have).")
    ] = "cpu",
    batch: Annotated[int, typer.Option(min=0, help="Images per call. 0: any number for cpu, 1 for gpu.")] = 0,
    parts: Annotated[
        bool, typer.Option("--parts", help="Keep the network's own outputs instead of merging them.")
    ] = False,
    fused: Annotated[
        bool,
        typer.Option("--fused", help="TFLite with scaling and merging inside, for this package's graphs."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
    debug: Debug = False,
) -> int:
    """Export a network as TFLite, ONNX, SavedModel, .task bundle or WebGPU program.

    For TFLite, it prints accuracy and speed.
    """
    if webgpu:
        if output.suffix or precision == "int8" or flavor != "cpu" or batch or parts or fused:
            raise UsageError(
                "--webgpu writes into a folder, for any batch: no suffix, --precision int8, --flavor, "
                "--batch, --parts or --fused"
            )
        return export_webgpu(network, output, precision, force)
    if network.endswith(".tflite"):
        raise UsageError(f"{network} is exported already; only --webgpu reads a .tflite file")
    if output.exists() and not force:
        raise UsageError(f"{output} exists; --force overwrites it")
    if output.suffix not in _SUFFIXES:
        raise UsageError(
            f"{output} ends in {output.suffix}; expected .tflite, .task, .onnx or nothing (SavedModel)"
        )
    if output.suffix not in (".tflite", ".task") and precision != "float32":
        raise UsageError(f"--precision {precision} is for TFLite; {output} is not named .tflite or .task")
    if output.suffix == ".task" and (parts or fused or flavor != "cpu" or batch not in (0, 1)):
        raise UsageError("a .task bundle has one form: no --parts, --fused, --flavor or --batch")
    if fused and output.suffix != ".tflite":
        raise UsageError(f"--fused is for TFLite; {output} is not named .tflite")
    from attention_mesh.models.keras_backend import import_keras
    from attention_mesh.models.network_name import check_network_name

    check_network_name(network)
    import_keras()
    from attention_mesh.media.files import write_whole
    from attention_mesh.models.attention_mesh.load_network import load_network
    from attention_mesh.models.export.exported_network import network_of_flavor
    from attention_mesh.models.export.onnx import export_onnx
    from attention_mesh.models.export.saved_model import export_saved_model
    from attention_mesh.models.export.task_bundle import export_task
    from attention_mesh.models.export.tflite import export_tflite

    chosen = load_network(network)
    size = batch or (1 if flavor == "gpu" else None)
    if output.suffix == ".tflite":
        content = export_tflite(chosen, precision, flavor, parts, size, fused)
        write_whole(output, content, make_folder=True)
        typer.echo(f"{output}: {len(content) / 1e6:.1f} MB")
        if not (parts or fused) and size in (1, None):
            _print_measured(chosen, content)
    elif output.suffix == ".task":
        content = export_task(chosen, precision)
        write_whole(output, content, make_folder=True)
        typer.echo(f"{output}: {len(content) / 1e6:.1f} MB, for the FaceLandmarker of MediaPipe Tasks")
    elif output.suffix == ".onnx":
        output.parent.mkdir(parents=True, exist_ok=True)
        export_onnx(chosen, output, flavor, parts, size)
        typer.echo(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
    else:
        export_saved_model(network_of_flavor(chosen, flavor), output, parts, size)
        typer.echo(f"{output}: a SavedModel, endpoint `serve`")
    return EXIT_OK


def _print_measured(network: Any, content: bytes) -> None:
    """Compares the TFLite file with the network in Keras, on synthetic faces."""
    import numpy as np

    from attention_mesh.models.export.measure import measure_tflite
    from attention_mesh.models.training.augmentation import Augmentation
    from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
    from attention_mesh.models.training.synthetic.synthetic_faces import SyntheticFaces

    faces, rng = SyntheticFaces(builtin_rig()), np.random.default_rng(0)
    crops = [
        Augmentation.none().crop(faces.sample(rng), network.preset.input_size, rng).image
        for _ in range(_MEASURED_ON)
    ]
    measured = measure_tflite(content, network, np.stack(crops).astype(np.float32) / 255)
    typer.echo(
        f"  against Keras on {len(crops)} synthetic faces: {measured.mean_px:.4f} px on average, "
        f"{measured.max_px:.3f} px at most\n  {measured.milliseconds:.2f} ms per image on one thread"
    )
