"""Errors of the networks, their training, evaluation and export."""

from attention_mesh.errors import AttentionMeshError


class NetworkError(AttentionMeshError, ValueError):
    """The file of a network is missing, unreadable or holds something else."""


class BackendError(AttentionMeshError, ImportError):
    """Keras or its backend is unknown or not installed."""


class ExportError(AttentionMeshError, ValueError):
    """The network, format or precision cannot be exported on this installation."""


class TrainingError(AttentionMeshError, ValueError):
    """Something is wrong with a training or its data."""


class ConfigError(TrainingError):
    """A config file cannot be read, or holds an unknown key or value."""


class DatasetError(TrainingError):
    """Images or labels are missing, unreadable or do not match."""


class RigError(TrainingError):
    """The files of a rig are unreadable or do not match."""


class EvaluationError(AttentionMeshError, ValueError):
    """A network or device to measure is unknown or missing, or the device cannot run the network."""


def reason_of(error: Exception) -> str:
    """Why a file cannot be read: without the number and the path that Python adds to an OSError."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
