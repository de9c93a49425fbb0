"""The socket the site listens on. It is opened here and handed on, so that nobody can take the port in between."""

import socket

from govplatform.runtime.console import Refusal

DEFAULT_PORT = 8000
_TRIES = 100
_BACKLOG = 1024
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to show when every address is listened on


def _listen(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections in TIME_WAIT do not make it busy
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        return None
    return listener


def open_listener(host: str, asked: str) -> socket.socket:
    """A listening socket on the port asked for, or on the first free one from 8000 on when none was.

    Args:
        host: address to listen on.
        asked: the text of ``PORT=``, empty when not given.

    Raises:
        Refusal: the port asked for is no port, or busy, or there is no free one.
    """
    if asked:
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise Refusal(f"PORT={asked} is not a port number.")
        candidates = range(int(asked), int(asked) + 1)
    else:
        candidates = range(DEFAULT_PORT, DEFAULT_PORT + _TRIES)
    for port in candidates:
        listener = _listen(host, port)
        if listener is not None:
            return listener
    if asked:
        raise Refusal(f"Cannot listen on {host} port {asked}: busy or not allowed; choose another PORT= or none.")
    raise Refusal(f"No free port on {host} from {DEFAULT_PORT} to {DEFAULT_PORT + _TRIES - 1}; choose one with PORT=.")


def site_address(host: str, port: int) -> str:
    """Address to open in a browser on this machine."""
    shown = _ANY.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
