"""What the cache holds of one model."""

from __future__ import annotations

from dataclasses import dataclass

CACHED, MISSING, CORRUPT = "cached", "missing", "corrupt"


@dataclass(frozen=True)
class ModelState:
    """The result of looking at one model's files."""

    name: str
    state: str  # CACHED, MISSING or CORRUPT
    size: int  # bytes on disk, the official and the converted files together
    detail: str  # the broken files and what is wrong with them; empty otherwise
