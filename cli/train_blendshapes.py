"""`attention-mesh train-blendshapes`: the network that gives blend-shape coefficients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_OK, user_command


@user_command
def train_blendshapes(
    output: Annotated[Path, typer.Argument(metavar="OUT.tflite", help="File for the network.")],
    rig: Annotated[
        Path,
        typer.Option("--rig", help="Folder that `pack-rig` made of an ICT-FaceKit; its shapes are learned."),
    ],
    pools: Annotated[
        int, typer.Option("--pools", min=1, help="Length of the training, in sets of 24,576 random faces.")
    ] = 8,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Seed; the same seed gives the same network on one machine.")
    ] = 0,
    debug: Debug = False,
) -> int:
    """Train the blend-shape network on random faces of a rig, which takes minutes on a CPU."""
    from attention_mesh.cli.progress import job_progress
    from attention_mesh.media.files import write_whole
    from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks
    from attention_mesh.models.blendshapes.training_faces import TrainingFaces
    from attention_mesh.models.keras_backend import import_keras
    from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit

    if not output.absolute().parent.is_dir():
        raise UsageError(f"cannot write {output}: the folder {output.parent} does not exist")
    faces = TrainingFaces.of_landmarks(RigLandmarks(load_ict_facekit(rig)))
    import_keras()
    from attention_mesh.models.blendshapes.export_blendshapes import export_blendshapes
    from attention_mesh.models.blendshapes.train_blendshapes import BlendshapeTraining
    from attention_mesh.models.blendshapes.train_blendshapes import train_blendshapes as run

    with job_progress("pools", pools) as update:

        def progress(done: int, error: float) -> None:
            update(done, f"mean error {error:.4f}")

        model = run(faces, BlendshapeTraining(pools=pools, seed=seed), progress)
    content = export_blendshapes(model)
    write_whole(output, content)
    typer.echo(f"{output}: the network, {len(content)} bytes")
    return EXIT_OK
