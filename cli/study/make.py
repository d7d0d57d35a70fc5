"""`attention-mesh study make`: a set of real and AR images from photos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command

if TYPE_CHECKING:
    from attention_mesh.cli.study.make_study import MadeStudy
    from attention_mesh.python_bindings.landmarker.makeup import Makeup

_UNEQUAL = 2.0  # ratio of the sizes of faces from which one kind looks sharper


@user_command
def make(
    real: Annotated[
        Path,
        typer.Option(
            "--real",
            help="Folder with photos of people who wear real makeup. Photos of one person lie in a folder "
            "inside, or have one name here and in --bare.",
        ),
    ],
    bare: Annotated[
        Path, typer.Option("--bare", help="Folder with photos of people without makeup, in the same form.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the study.")],
    looks: Annotated[
        str | None,
        typer.Option(
            help="Looks of the AR images, separated by commas: names of looks of the package, or .pbtxt "
            "files. (default: all of the package)"
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(min=2, help="Number of images, an even one. (default: as many as the photos permit)"),
    ] = None,
    size: Annotated[
        int, typer.Option(min=64, max=4096, help="Width and height of the images, in pixels.")
    ] = 640,
    quality: Annotated[
        int, typer.Option(min=1, max=100, help="Quality of the images' JPEG compression.")
    ] = 92,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Seed of the choice, the names and the orders. (default: by chance; the key has it)"
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a study in this folder that nobody has answered yet.")
    ] = False,
    debug: Debug = False,
) -> int:
    """Make a set of images with real and with AR makeup, blinded and balanced."""
    import secrets

    from attention_mesh.cli.progress import job_progress
    from attention_mesh.cli.study.make_study import StudyOptions, check_output, make_study
    from attention_mesh.cli.study.study_photos import photo_files_of_people

    if count is not None and count % 2:
        raise UsageError(f"--count is {count}; expected an even number, because half of the images are real")
    makeups = _makeups(looks)
    if real.exists() and bare.exists() and real.samefile(bare):
        raise UsageError(f"--real and --bare are {real}; one folder cannot be both")
    photos = photo_files_of_people(real, "--real"), photo_files_of_people(bare, "--bare")
    check_output(output, replace, [real, bare])
    options = StudyOptions(size, quality, count, secrets.randbits(63) if seed is None else seed)
    with job_progress("photos", sum(map(len, photos))) as update:
        made = make_study(*photos, makeups, options, output, update)
    for problem in made.problems:
        report(problem, "left out")
    _warn(made)
    typer.echo(_summary(made, output))
    return EXIT_FAILED if made.unreadable else EXIT_OK


def _makeups(looks: str | None) -> dict[str, Makeup]:
    """Look → its makeup, of the option's text. Raises UsageError."""
    from attention_mesh.drawing.errors import LookError
    from attention_mesh.drawing.makeup.look import look_names
    from attention_mesh.python_bindings.landmarker.makeup import Makeup

    names = look_names() if looks is None else [name.strip() for name in looks.split(",")]
    if not all(names):
        raise UsageError(f'--looks is "{looks}"; expected names separated by commas')
    if len(set(names)) < len(names):
        raise UsageError(f'--looks is "{looks}"; expected each look once')
    try:
        return {name: Makeup(name) for name in names}
    except LookError as error:
        raise UsageError(f"--looks: {error}") from error


def _summary(made: MadeStudy, folder: Path) -> str:
    images, per_kind = made.study.images, len(made.study.images) // 2
    looks = ", ".join(f"{look} {count}" for look, count in sorted(made.looks.items()))
    size = made.study.size
    return "\n".join(
        [
            f"{folder}: {len(images)} images of {size}x{size} px, "
            f"{per_kind} with real and {per_kind} with AR makeup",
            f"looks: {looks}",
            f"pairs that show the same person with real and with AR makeup: {made.pairs}",
            f"left out: {made.left_out} photos for balance, {len(made.problems)} with problems",
            f"attention-mesh study serve {folder} shows it",
        ]
    )


def _warn(made: MadeStudy) -> None:
    """Warns of what may tell the kinds apart besides the makeup."""
    if not made.pairs:
        report(
            "nobody is on both sides, so real and AR images differ in more than the makeup; the same people "
            "on both sides make a fairer test",
            "warning",
        )
    real, bare = made.sides_px
    if max(real, bare) > _UNEQUAL * min(real, bare):
        report(
            f"the faces of --real are cut out of {real:.0f} px and those of --bare of {bare:.0f} px "
            "(medians); scaled to one size, one kind is sharper; photos of one size make a fairer test",
            "warning",
        )
