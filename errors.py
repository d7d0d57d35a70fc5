"""The base of every error that this package raises on purpose."""


class AttentionMeshError(Exception):
    """Something the user can mend: the text says what was wrong, where, and what would be right.

    Each room's errors are in its own `errors.py`. They derive from this class and, where one fits, from the
    built-in error a caller would expect (ValueError, FileNotFoundError …).
    """
