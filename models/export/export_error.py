"""Why a network cannot be exported."""

from attention_mesh.models.training.training_error import TrainingError


class ExportError(TrainingError):
    """A format, precision or network that cannot be had here, and what is needed for it."""
