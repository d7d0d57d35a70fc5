"""Why a network cannot be loaded."""


class NetworkError(Exception):
    """A network's file is missing or broken; the text says which."""
