"""What goes wrong with image and video files."""


class MediaError(RuntimeError):
    """A file that cannot be read or written, or that stops early; the text says which and why."""
