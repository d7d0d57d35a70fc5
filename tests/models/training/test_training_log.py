"""Training log: the CSV file of a resumed or killed run, and running means."""

from pathlib import Path

import pytest

from attention_mesh.models.training.training_log import RunningMeans, TrainingLog, curves_figure, draw_curves


def test_figures_are_read_as_written(tmp_path: Path):
    log = TrainingLog(tmp_path / "log.csv")
    assert log.rows() == []
    log.begin(0)
    log.write(1, {"loss": 2.5, "lips": 0.125})
    assert log.rows() == [(1, "loss", 2.5), (1, "lips", 0.125)]


def test_a_resumed_run_drops_the_lines_after_its_checkpoint(tmp_path: Path):
    log = TrainingLog(tmp_path / "log.csv")
    log.begin(0)
    for step in (1, 2, 3):
        log.write(step, {"loss": 1.0})
    log.begin(2)
    assert [step for step, *_ in log.rows()] == [1, 2]


def test_a_line_that_was_cut_short_is_skipped(tmp_path: Path):
    log = TrainingLog(tmp_path / "log.csv")
    log.begin(0)
    log.write(1, {"loss": 1.0})
    with log.file.open("a", encoding="utf-8") as stream:
        stream.write("2,lo")
    assert log.rows() == [(1, "loss", 1.0)]


def test_means_are_of_the_steps_since_the_last():
    means = RunningMeans()
    for loss in (1.0, 2.0, 6.0):
        means.add({"loss": loss, "lips": 10 * loss})
    assert means.take() == {"loss": 3.0, "lips": 30.0}
    means.add({"loss": 5.0})
    assert means.take() == {"loss": 5.0}
    assert means.take() == {}


@pytest.mark.parametrize(
    "losses",
    [[3.0, 0.5, 0.02], [250.0, 240.0, 230.0], [1e-6, 1e-7], [2.0], [2.0, 0.0], [0.0, 0.0], [-1.0, -2.0], []],
    ids=str,
)
def test_curves_fill_their_panels(losses: list[float]):
    pytest.importorskip("matplotlib", reason="in the extra plot")
    rows = [(step, name, value) for step, value in enumerate(losses) for name in ("loss", "final_lips")]
    rows += [(step, "error_lips", 4.0 - step) for step in range(3)]
    figure = curves_figure(rows)
    figure.canvas.draw()
    panel, errors = figure.axes
    assert panel.get_yscale() == ("log" if any(value > 0 for value in losses) else "linear")
    lower, upper = panel.get_ylim()
    drawn = [value for value in losses if value > 0 or panel.get_yscale() == "linear"]
    for value in drawn:  # and neither at an edge nor in a corner of an empty panel
        assert lower < value < upper
    if len(set(drawn)) > 1:
        to_panel = panel.transData + panel.transAxes.inverted()
        low, high = (to_panel.transform((0, value))[1] for value in (min(drawn), max(drawn)))
        assert high - low > 0.8  # of the panel's height
    assert errors.get_ylim()[0] == 0 and 4 < errors.get_ylim()[1] < 5


def test_a_picture_is_written(tmp_path: Path):
    pytest.importorskip("matplotlib", reason="in the extra plot")
    assert draw_curves([(1, "loss", 2.0), (2, "loss", 1.0)], tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
