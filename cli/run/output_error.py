"""What goes wrong between a graph and the outputs."""


class OutputError(TypeError):
    """An output stream holds what cannot be written; the text names stream, time and what would be right."""
