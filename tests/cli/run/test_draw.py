"""run --draw: which layers are drawn, and what does not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.graph_choice import choose_graph
from attention_mesh.cli.run.plan import FramePlan, RunOptions, plan_run
from attention_mesh.drawing.layers.layers import LAYERS


@pytest.fixture
def film(tmp_path: Path) -> str:
    path = tmp_path / "film.mp4"
    path.touch()
    return str(path)


def plan(film: str, layers: str | None, output: str = "annotated.mp4", **options: object) -> FramePlan:
    path = str(Path(film).with_name(output))
    made = plan_run(
        RunOptions(input=film, outputs=(path,), graph_options={"layers": layers}, **options)  # type: ignore[arg-type]
    )
    assert isinstance(made, FramePlan)
    return made


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("glitter", '--draw glitter: "glitter" is no layer; known layers: depth, motion, mesh, contours'),
        ("mesh,mesh", "named twice"),
        ("mesh,", '"" is no layer'),
        ("", '"" is no layer'),
    ],
)
def test_wrong_layers(film: str, layers: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan(film, layers)


def test_layers_without_a_picture(film: str) -> None:
    with pytest.raises(UsageError, match="--draw does not apply: no --output is a picture"):
        plan(film, "mesh", "table.csv")


def test_the_angle_of_view_is_for_the_gaze(film: str) -> None:
    assert plan(film, "mesh,gaze", fov=40.0).graph_options["vertical_fov_degrees"] == 40
    with pytest.raises(UsageError, match="--draw gaze"):
        plan(film, "mesh", fov=40.0)


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("layers", [None, *LAYERS, "mesh, gaze"])
def test_the_graph_gets_what_it_needs(film: str, layers: str | None, still: bool) -> None:
    given = plan(film, layers).graph_options
    if still and layers == "motion":
        with pytest.raises(UsageError, match="--draw motion does not apply: images are unrelated"):
            choose_graph(None, still=still, live=False, wanted={"image"}, given=given)
        return
    packets = choose_graph(None, still=still, live=False, wanted={"image"}, given=given).side_packets
    assert packets.get("layers") == layers
    assert packets.get("with_gaze", False) == (layers is not None and "gaze" in layers)


def test_a_graph_that_draws_something_else(film: str, tmp_path: Path) -> None:
    graph = tmp_path / "pass.pbtxt"
    graph.write_text(
        'input_stream: "IMAGE:a" output_stream: "IMAGE:b"\n'
        'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'
    )
    made = plan(film, "mesh", graph=graph)
    with pytest.raises(UsageError, match="--draw does not apply: the graph takes no side packet layers"):
        choose_graph(made.graph, still=False, live=False, wanted={"image"}, given=made.graph_options)
