"""What stands against a measurement."""

from attention_mesh.models.training.training_error import TrainingError


class EvaluationError(TrainingError):
    """What is to be measured is not known, a device is missing, or cannot run it."""
