"""Opens the sources of a dataset: films and photos on disks, on servers and in shards."""

from __future__ import annotations

import os
import threading

from attention_mesh.datasets.block_file import Blocks, block_file
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.open_blocks import open_blocks
from attention_mesh.datasets.sources import SourceFile, source_at
from attention_mesh.datasets.tar_shard import COMPRESSED_SHARD_END
from attention_mesh.datasets.urls import is_remote
from attention_mesh.media.errors import MediaError
from attention_mesh.media.open_file import open_file
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_source import VideoSource

_thread = threading.local()  # its `shard` is that of the thread's latest source


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
    if COMPRESSED_SHARD_END.search(address):
        raise MediaError(f"{source.name}: a compressed shard cannot be read by ranges; decompress it.")
    try:
        if source.shard is not None:
            end = source.offset + source.size_bytes
            blocks = _blocks_of_shard(source.shard, source.modified_ns)
            return open_file(address, block_file(blocks, source.offset, end), film_channels)
        if is_remote(address) and not os.path.exists(address):
            return open_file(address, block_file(open_blocks(address)), film_channels)
    except OSError as error:
        raise MediaError(f"{source.name}: it cannot be opened: {error.strerror or error}.") from error
    return open_source(address, film_channels=film_channels)


def _blocks_of_shard(shard: str, modified_ns: int) -> Blocks:
    """A shard; a thread's latest stays open, because its next member often comes next."""
    key = shard, modified_ns
    kept: tuple[tuple[str, int], Blocks] | None = getattr(_thread, "shard", None)
    if kept is not None and kept[0] == key:
        return kept[1]
    blocks = open_blocks(shard).hold()
    _thread.shard = key, blocks
    if kept is not None:
        kept[1].release()
    return blocks
