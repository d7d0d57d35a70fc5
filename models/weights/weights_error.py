"""The error of everything that concerns weights."""


class WeightsError(RuntimeError):
    """Weights are missing, broken or unknown; the message says what to do."""
