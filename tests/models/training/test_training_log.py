"""Training log: the CSV file of a resumed or killed run, and running means."""

from pathlib import Path

from attention_mesh.models.training.training_log import RunningMeans, TrainingLog


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
