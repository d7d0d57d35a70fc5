"""What is wrong with a rig."""

from attention_mesh.models.training.training_error import TrainingError


class RigError(TrainingError):
    """A rig's files cannot be read or do not fit one another."""
