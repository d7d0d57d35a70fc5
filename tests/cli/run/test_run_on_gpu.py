"""`attention-mesh run` with a graph on a GPU hands over a film's pictures as they are decoded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels import raw_upload
from attention_mesh.cli.run.execute import execute_frames
from attention_mesh.cli.run.plan import FramePlan, RunOptions, plan_run
from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path
from attention_mesh.tests.cli.run.output_files import rows
from attention_mesh.tests.media.film_files import write_film
from attention_mesh.tests.webgpu.gpu_process import on_gpu


def landmarks(film: Path, graph: str | None, table: Path) -> np.ndarray:
    """(frames, 468 · 2) float, x and y in pixels."""
    options = {"num_faces": 1, "detector": "short", "smooth_landmarks": False}
    plan = plan_run(
        RunOptions(
            input=str(film),
            outputs=(str(table),),
            graph=None if graph is None else face_mesh_graph_path(graph),
            graph_options=options,
            side_packets=("with_attention=false",),
        )
    )
    assert isinstance(plan, FramePlan)
    outcome = execute_frames(plan)
    assert not outcome.errors
    columns = [f"{axis}{number}" for number in range(468) for axis in "xy"]
    return np.array([[float(row[column]) for column in columns] for row in rows(table)])


@on_gpu
def test_a_films_planes_go_to_the_gpu_and_the_landmarks_are_the_cpus(
    tmp_path: Path, astronaut: np.ndarray
) -> None:
    pictures = [np.roll(astronaut, 3 * number, axis=1) for number in range(4)]
    film = write_film(tmp_path / "film.mp4", (0, 40, 80, 120), pictures=pictures, size=(512, 512))
    formats: list[str] = []
    upload = raw_upload.upload_raw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            raw_upload, "upload_raw", lambda gpu, raw: formats.append(raw.format) or upload(gpu, raw)
        )
        found = landmarks(film, "face_mesh_gpu", tmp_path / "gpu.csv")
    assert formats == ["i420"] * 4
    expected = landmarks(film, None, tmp_path / "cpu.csv")
    away_px = np.linalg.norm((found - expected).reshape(4, 468, 2), axis=2)
    # Colors differ by three gray levels at most, because FFmpeg rounds them coarsely for the CPU.
    assert np.median(away_px) < 0.15 and away_px.max() < 1
