"""The server of a study's page: its address, and uvicorn until Ctrl-C; needs the extra `study`."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import threading
from typing import TYPE_CHECKING

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.interrupt import Interrupt
from attention_mesh.extras import MissingExtraError, install_command

if TYPE_CHECKING:
    import uvicorn

    from attention_mesh.cli.study.web_app import AsgiApp

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_GRACE_S = 2  # for requests under way at the end
_POLL_S = 0.1  # how soon a signal is noticed
_ELSEWHERE = ("192.0.2.1", 9)  # an address for documentation; nothing is sent to it


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
      host: name or address of this machine.
      port: 0 for any that is free.

    Raises:
      UsageError: the host is unknown or not of this machine, or the port is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise UsageError(f"--host {host}: there is no such host") from None
    opened = socket.socket(family, kind, protocol)
    try:
        if os.name != "nt":  # there it would share the port with another program
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise UsageError(f"--host {host} --port {port}: {error.strerror or error}") from None
    return opened


def page_url(host: str, port: int, token: str | None) -> str:
    """The address of the page, as people on other machines see it if they can reach this one."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        shown = host
    else:
        shown = _own_address() if address.is_unspecified else str(address)
        shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/" + ("" if token is None else f"{token}/")


def run_server(app: AsgiApp, opened: socket.socket) -> int:
    """Serves an application until Ctrl-C or another signal that stops programs.

    Requests under way may take two seconds to finish; a second Ctrl-C does not wait for them.

    Returns:
      The number of the signal; 0 if the server ended by itself.

    Raises:
      ImportError: uvicorn is not installed; the text names the extra.
    """
    server, log = make_server(app), logging.getLogger("uvicorn.error")
    failures: list[BaseException] = []

    def run() -> None:
        try:
            server.run(sockets=[opened])
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            failures.append(error)

    # On the main thread, uvicorn would take the signals, and only some of them.
    thread = threading.Thread(target=run, name="attention-mesh study", daemon=True)
    with Interrupt() as interrupt:
        thread.start()
        while thread.is_alive():
            thread.join(_POLL_S)
            if interrupt.requested and not server.should_exit:
                log.disabled = True  # requests that are cut off now are no errors
                server.should_exit = True
            server.force_exit = interrupt.urgent
    log.disabled = False
    if failures:
        raise failures[0]
    return interrupt.signal


def make_server(app: AsgiApp) -> uvicorn.Server:
    """A server without a log of requests, which would hold the addresses of people.

    Raises:
      ImportError: uvicorn is not installed; the text names the extra.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtraError(f"the page of a study needs uvicorn: {install_command('study')}") from error
    config = uvicorn.Config(
        app,
        access_log=False,
        http="h11",
        lifespan="off",
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        ws="none",
    )
    return uvicorn.Server(config)


def _own_address() -> str:
    """The address of this machine in its network; its name if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
