"""Network addresses as text."""

import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.network_address import NetworkAddress, parse_address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1", "127.0.0.1", 39539),
        (" 127.0.0.1:5000 ", "127.0.0.1", 5000),
        ("localhost:1", "localhost", 1),
        ("my-pc.local", "my-pc.local", 39539),
        ("render_box:65535", "render_box", 65535),
        ("[::1]:5000", "::1", 5000),
        ("[fe80::1%eth0]", "fe80::1%eth0", 39539),
        ("2001:db8::7", "2001:db8::7", 39539),
    ],
)
def test_hosts_with_and_without_ports(text, host, port):
    address = parse_address(text, 39539)
    assert address == NetworkAddress(host, port)
    assert parse_address(str(address), 1) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no network address"),
        (":39539", "no network address"),
        ("http://pc:39539", "no network address"),
        ("my pc", "no network address"),
        ("-pc", "no network address"),
        ("[pc]:39539", "no network address"),
        ("[::1", "no network address"),
        ("::1::2:g", "no network address"),
        ("pc:", 'the port is ""'),
        ("pc:0", 'the port is "0"; expected a number from 1 to 65535'),
        ("pc:65536", "65536"),
        ("pc:-1", "-1"),
        ("pc:4e3", "4e3"),
        ("pc:٣", "the port is"),
        ("[::1]:x", 'the port is "x"'),
    ],
)
def test_other_texts_are_an_error_that_shows_what_is_expected(text, reason):
    with pytest.raises(MediaError, match=reason.replace("[", r"\[")):
        parse_address(text, 39539)
