"""URLs of sources and tables: who opens them, and that they hold no password."""

from __future__ import annotations

import re

from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.tar_shard import SHARD_END
from attention_mesh.media.network_address import is_url

BUCKET_SCHEMES = frozenset({"s3", "gs", "gcs", "abfs", "abfss"})
"""Object stores, where a file appears whole."""

_FFMPEG_SCHEMES = frozenset(
    "ftp http https mms mmsh mmst rist rtmp rtmpe rtmps rtmpt rtmpte rtmpts rtp rtsp rtsps srt srtp tcp "
    "tls udp".split()
)
_PASSWORD = re.compile(r"(?<=://)[^/?#@:\[]*:(?!:|\d+/)[^?#@]*@")  # a number before a slash is a port


def scheme_of(url: str) -> str:
    """What stands before ``://``, in small letters."""
    return url.partition("://")[0].lower()


def is_remote(text: str) -> bool:
    """Whether a text is a URL that pyarrow or fsspec opens, and not FFmpeg.

    FFmpeg opens films on web servers, but no tar files there.
    """
    if not is_url(text):
        return False
    scheme = scheme_of(text)
    return scheme not in _FFMPEG_SCHEMES or (
        scheme in ("http", "https") and SHARD_END.search(text) is not None
    )


def check_no_password(url: str) -> None:
    """Raises TableError, which does not show it, for a URL that has a password."""
    if _PASSWORD.search(url):
        raise TableError(
            f"{_PASSWORD.sub('…@', url)}: the URL has a password, which the table would show; give it by the "
            "environment or a file, as the server's own tools take it"
        )
