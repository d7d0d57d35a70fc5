"""Training log: running means."""

from attention_mesh.models.training.training_log import RunningMeans


def test_means_are_of_the_steps_since_the_last():
    means = RunningMeans()
    for loss in (1.0, 2.0, 6.0):
        means.add({"loss": loss, "lips": 10 * loss})
    assert means.take() == {"loss": 3.0, "lips": 30.0}
    means.add({"loss": 5.0})
    assert means.take() == {"loss": 5.0}
    assert means.take() == {}
