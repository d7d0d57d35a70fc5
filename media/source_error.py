"""What goes wrong with inputs."""


class SourceError(RuntimeError):
    """A camera, video or image that cannot be opened or stopped early; the text says which and why.

    Frames yielded before it are good.
    """
