"""What stands against a measurement."""

from attention_mesh.models.training.training_error import TrainingError


class EvaluationError(TrainingError):
    """A device is missing, or cannot run what is to be measured."""
