"""Opens a file to be read by ranges: on a disk, on a server, or in an archive."""

from __future__ import annotations

import os
from tarfile import BLOCKSIZE

from attention_mesh.datasets.block_file import BLOCK_BYTES, Blocks
from attention_mesh.media.network_address import is_url

_HEADER_BLOCK_BYTES = 1 << 20  # what a server sends while its answer is waited for


def open_blocks(address: str, for_headers: bool = False) -> Blocks:
    """Opens a file by its path or URL.

    Args:
      address: its path or URL.
      for_headers: whether small parts of it are read that lie apart.

    Raises:
      OSError: it cannot be opened; the text is one line.
    """
    if is_url(address) and not os.path.exists(address):
        from attention_mesh.datasets.remote_files import remote_blocks

        return remote_blocks(address, _HEADER_BLOCK_BYTES if for_headers else BLOCK_BYTES)
    file = open(address, "rb", buffering=0)

    def read_at(at: int, count: int) -> bytes:
        file.seek(at)
        return file.read(count)

    size = os.fstat(file.fileno()).st_size
    return Blocks(read_at, size, file.close, BLOCKSIZE if for_headers else BLOCK_BYTES)
