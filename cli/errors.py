"""The errors of the command line: a wrong command line, outputs that no file can hold, a broken study."""

from attention_mesh.errors import AttentionMeshError


class UsageError(AttentionMeshError, ValueError):
    """Options are wrong or contradict each other; the program ends with exit code 2."""


class OutputError(AttentionMeshError, TypeError):
    """An output stream holds what cannot be written; the text names stream, time and what would be right."""


class StudyError(AttentionMeshError, ValueError):
    """A study's folder, its key or its answers are absent, damaged or of another study."""


class AarError(AttentionMeshError, RuntimeError):
    """The Android archive cannot be built: a tool or file is missing, or one of them reports an error."""
