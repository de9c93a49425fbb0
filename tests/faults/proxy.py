"""A TCP proxy on loopback that a test can cut, silence, slow down or reset, in front of PostgreSQL or Redis."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

CHUNK = 64 * 1024
LINGER_ZERO = struct.pack("ii", 1, 0)  # close sends a reset instead of a farewell


class Proxy:
    """Forwards 127.0.0.1:port to a Unix socket, in a thread of its own.

    Verbs: `cut` (nobody listens), `blackhole` (accepts and forwards nothing), `delay` (seconds added to every chunk),
    `reset` (every open connection ends with a reset), `heal` (all of it undone).
    """

    def __init__(self, upstream: Path) -> None:
        self.upstream = upstream
        self.port = 0
        self._silent = False
        self._delay = 0.0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen())

    def cut(self) -> None:
        self._do(self._close_all(listening=False))

    def blackhole(self) -> None:
        self._silent = True

    def delay(self, seconds: float) -> None:
        self._delay = seconds

    def reset(self) -> None:
        self._do(self._close_all(listening=True))

    def heal(self) -> None:
        """Undo every verb. What was swallowed while silent is gone, so connections of that time are reset; a network
        that is whole stays as it is."""
        if self._server is not None and not self._silent and not self._delay:
            return
        self._silent, self._delay = False, 0.0
        self._do(self._close_all(listening=True))
        self._do(self._listen())

    def close(self) -> None:
        self._do(self._close_all(listening=False))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close_all(self, *, listening: bool) -> None:
        if not listening and self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            peer = writer.get_extra_info("socket")
            if peer is not None and peer.family == socket.AF_INET:
                with contextlib.suppress(OSError):
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            up_reader, up_writer = await asyncio.open_unix_connection(str(self.upstream))
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(up_writer)
        await asyncio.gather(self._pump(reader, up_writer), self._pump(up_reader, writer))
        self._writers -= {writer, up_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while data := await reader.read(CHUNK):
                if self._silent:
                    continue
                if self._delay:
                    await asyncio.sleep(self._delay)
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()
