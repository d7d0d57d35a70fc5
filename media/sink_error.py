"""What goes wrong with outputs."""


class SinkError(RuntimeError):
    """An output that cannot be opened or written; the text says which and why."""
