"""The base of what is wrong with a training or its data."""


class TrainingError(Exception):
    """Its text tells a user what was wrong, where, and what would be right."""
