"""A command line that cannot be meant."""


class UsageError(Exception):
    """Options that are wrong or do not go together; the program ends with exit code 2."""
