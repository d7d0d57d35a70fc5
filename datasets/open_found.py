"""Opens the sources of a dataset: films and photos on disks, on servers and in shards."""

from __future__ import annotations

import os

from attention_mesh.datasets.block_file import Blocks, block_file
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.open_blocks import open_blocks
from attention_mesh.datasets.sources import SourceFile, source_at
from attention_mesh.media.errors import MediaError
from attention_mesh.media.film_input import is_url
from attention_mesh.media.open_file import open_file
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_source import VideoSource

_opened: tuple[tuple[object, ...], Blocks] | None = None  # the shard of this process' latest source


def open_address(address: str, film_channels: int = 3) -> VideoSource:
    """Opens a film or photo by its path, its URL, or its name in a table. Raises MediaError."""
    if os.path.exists(address):
        return open_source(address, film_channels=film_channels)
    try:
        return open_found(source_at(address), film_channels)
    except TableError as error:
        raise MediaError(str(error)) from error


def open_found(source: SourceFile, film_channels: int = 3) -> VideoSource:
    """Opens a source that `find_sources` has found.

    A file on a server, and one in a shard, are read by ranges, and never written to a disk.

    Raises:
      MediaError: it cannot be opened, or the search has found why.
    """
    address = source.address
    if source.problem is not None:
        raise MediaError(f"{source.name}: {source.problem}")
    try:
        if source.shard is not None:
            end = source.offset + source.size_bytes
            blocks = _blocks_of_shard(source.shard, source.modified_ns)
            return open_file(address, block_file(blocks, source.offset, end, closes=False), film_channels)
        if is_url(address) and not os.path.exists(address):
            from attention_mesh.datasets.remote_files import is_remote

            if is_remote(address):
                return open_file(address, block_file(open_blocks(address)), film_channels)
    except OSError as error:
        raise MediaError(f"{source.name}: it cannot be opened: {error.strerror or error}.") from error
    return open_source(address, film_channels=film_channels)


def _blocks_of_shard(shard: str, modified_ns: int) -> Blocks:
    """A shard; the latest stays open, because its next member often comes next."""
    global _opened
    key = shard, modified_ns
    if _opened is None or _opened[0] != key:
        if _opened is not None:
            _opened[1].close()
        _opened = None
        _opened = key, open_blocks(shard)
    return _opened[1]
