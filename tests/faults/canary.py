"""The places where no canary may sing."""

import subprocess
import threading
import urllib.parse
from typing import Any

import redis

from govplatform.runtime.servers import installed_postgres
from tests.faults.rig import Rig


class Listener:
    """Everything that passes through Redis while it listens (MONITOR)."""

    def __init__(self, rig: Rig) -> None:
        self.client = redis.Redis(unix_socket_path=str(rig.paths.redis_socket))
        self.heard: list[str] = []
        self.running = True
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        with self.client.monitor() as monitor:
            for command in monitor.listen():
                self.heard.append(str(command["command"]))
                if not self.running:
                    return

    def stop(self) -> str:
        self.running = False
        self.client.ping()
        self.thread.join(timeout=5)
        return "\n".join([*self.heard, *(self._kept())])

    def _kept(self) -> list[str]:
        """What is left in it: every key with its value as Redis itself writes it to disk."""
        return [f"{key!r} {self.client.dump(key)!r}" for key in self.client.scan_iter(count=1000)]


def dump(rig: Rig) -> str:
    """The database as a backup would hold it, in text."""
    found = installed_postgres(rig.paths)

    argv = [str(found.bin / "pg_dump"), "--no-owner", "--inserts", rig.paths.database_url()]
    done = subprocess.run(argv, capture_output=True, check=True, timeout=60)
    return done.stdout.decode(errors="replace")


def logs(rig: Rig) -> str:
    """What every process and both servers have written."""
    files = [
        path for path in rig.paths.home.rglob("*") if path.is_file() and (path.suffix == ".log" or "log" in path.parts)
    ]
    return "\n".join(path.read_text(errors="replace") for path in files)


def singing(text: str, canaries: dict[str, str]) -> list[str]:
    """Names of the canaries heard in a text, as they are or in the ways programs write them."""
    found = []
    for name, secret in canaries.items():
        forms: set[Any] = {secret, urllib.parse.quote(secret), secret.encode("unicode_escape").decode()}
        forms |= {repr(secret.encode())[2:-1]}
        if any(form in text for form in forms):
            found.append(name)
    return found
