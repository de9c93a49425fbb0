"""Which port the site listens on."""

import socket

from govplatform.runtime.console import Refusal

DEFAULT_PORT = 8000
_TRIES = 100


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on ``host:port`` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will, or TIME_WAIT looks busy
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host: str, asked: str) -> int:
    """The port asked for, or the first free one from 8000 on when none was.

    Args:
        host: address the site will listen on.
        asked: the text of ``PORT=``, empty when not given.

    Raises:
        Refusal: the port asked for is no port, or busy.
    """
    if asked:
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise Refusal(f"PORT={asked} is not a port number.")
        if not is_free(host, int(asked)):
            raise Refusal(f"Port {asked} is busy on {host}; choose another with PORT= or leave it out.")
        return int(asked)
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _TRIES):
        if is_free(host, port):
            return port
    raise Refusal(f"No free port from {DEFAULT_PORT} to {DEFAULT_PORT + _TRIES - 1}; choose one with PORT=.")
