"""Memory of large pictures: the program keeps it for the next ones, instead of returning it to the system."""

from __future__ import annotations

import ctypes
import sys

# Of mallopt(3): the sizes from which freed memory at the heap's end, and each block of its own, go back.
_TRIM_THRESHOLD, _MAP_THRESHOLD = -1, -3
_LARGEST_BYTES = 1 << 30


def keep_freed_memory() -> None:
    """Lets the C library keep freed memory, up to 1 GiB a block, where it is glibc; elsewhere does nothing.

    glibc maps new blocks above 32 MiB for every photo of more than 11 megapixels. The system then clears
    each of their pages as it is first touched, which takes longer than to decode the photo.
    """
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(_TRIM_THRESHOLD, _LARGEST_BYTES)
        library.mallopt(_MAP_THRESHOLD, _LARGEST_BYTES)
