"""What is wrong with a training's description."""

from attention_mesh.models.training.training_error import TrainingError


class ConfigError(TrainingError):
    """A config file cannot be read, or a key or value in it is not known."""
