"""Network addresses as text: "host", "host:port", "[IPv6]:port"; and texts that name a film by its URL."""

from __future__ import annotations

import re
from typing import NamedTuple

from attention_mesh.media.errors import MediaError

_MAX_PORT = 65535
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# A host name (RFC 1123, with the underscore that some systems use), an IPv4 address, or an IPv6 address with
# its zone.
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?")


def is_url(text: str) -> bool:
    """Whether a text names a film or stream by its URL: it begins with a scheme and ``://``."""
    return _URL.match(text) is not None


def is_session_description(text: str) -> bool:
    """Whether a text names a file that describes an RTP stream (SDP, RFC 8866), by its suffix."""
    return text.lower().endswith(".sdp") and not is_url(text)


class NetworkAddress(NamedTuple):
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str, default_port: int) -> NetworkAddress:
    """Reads "host", "host:port", "[IPv6]", "[IPv6]:port" or a bare IPv6 address.

    Args:
      text: the address; spaces around it do not count.
      default_port: the port if the text names none.

    Raises:
      MediaError: the text has another form, or the port is not from 1 to 65535.
    """
    text = text.strip()
    bracketed = re.fullmatch(r"\[([^\[\]]*)\](?::(.*))?", text)
    if bracketed is not None:
        host, port, form = bracketed[1], bracketed[2], _IPV6
    elif text.count(":") > 1:
        host, port, form = text, None, _IPV6
    else:
        host, colon, end = text.partition(":")
        port, form = end if colon else None, _NAME
    if not form.fullmatch(host):
        raise MediaError(
            f'"{text}" is no network address; expected host, host:port or [IPv6 address]:port, such as '
            f"127.0.0.1:{default_port}"
        )
    if port is None:
        return NetworkAddress(host, default_port)
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= _MAX_PORT:
        raise MediaError(f'"{text}": the port is "{port}"; expected a number from 1 to {_MAX_PORT}')
    return NetworkAddress(host, int(port))
