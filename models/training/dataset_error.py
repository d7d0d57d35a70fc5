"""What is wrong with training data."""

from attention_mesh.models.training.training_error import TrainingError


class DatasetError(TrainingError):
    """Pictures or labels are missing, unreadable or do not fit one another."""
