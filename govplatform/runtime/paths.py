"""Where one checkout keeps what it makes. Two checkouts never share a directory, a socket or a port."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from govplatform.runtime.console import Refusal

CHECKOUT = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = 107  # bytes of sun_path on Linux, without the closing zero
PG_PORT = 5432  # only the name of the socket file; no TCP port is opened
_SYSTEM_RUN = Path("/run/govplatform")
_SYSTEM_STATE = Path("/var/lib/govplatform")


@dataclass(frozen=True)
class Paths:
    """Every path of one checkout; ``as_root`` decides between system directories and the checkout's ``var``."""

    root: Path
    uid: int

    @property
    def as_root(self) -> bool:
        """Whether the servers have to be started under another user, because PostgreSQL refuses root."""
        return self.uid == 0

    @property
    def key(self) -> str:
        """Ten characters that stand for the path of the checkout."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:10]

    @property
    def var(self) -> Path:
        """Everything the checkout makes at run time, outside version control."""
        return self.root / "var"

    @property
    def servers(self) -> Path:
        """Data of PostgreSQL and Redis: a root checkout may lie below a 0700 home that ``postgres`` cannot enter."""
        return _SYSTEM_STATE / self.key if self.as_root else self.var / "servers"

    @property
    def pgdata(self) -> Path:
        """Data directory of the project's PostgreSQL cluster."""
        return self.servers / "postgresql"

    @property
    def redis_data(self) -> Path:
        """Directory of the project's Redis: append-only file, log, pid."""
        return self.servers / "redis"

    @property
    def run(self) -> Path:
        """Directory of the sockets, short enough for a socket path, open to its owner only."""
        return _SYSTEM_RUN / self.key if self.as_root else Path(f"/tmp/govplatform-{self.uid}-{self.key}")  # noqa: S108

    @property
    def pg_socket(self) -> Path:
        """Socket file PostgreSQL makes in ``run``."""
        return self.run / f".s.PGSQL.{PG_PORT}"

    @property
    def redis_socket(self) -> Path:
        """Socket file of Redis."""
        return self.run / "redis.sock"

    @property
    def venv(self) -> Path:
        """The virtual environment of the checkout."""
        return self.root / ".venv"

    @property
    def keys(self) -> Path:
        """Secrets generated on the first run; directory 0700, files 0600."""
        return self.var / "keys"

    @property
    def media(self) -> Path:
        """Stored files: photos, documents, imports."""
        return self.var / "media"

    @property
    def logs(self) -> Path:
        """One log per process of the platform."""
        return self.var / "log"

    @property
    def state(self) -> Path:
        """Stamps of finished steps, locks and the description of the running supervisor."""
        return self.var / "state"

    def bin(self, name: str) -> str:
        """A program of the virtual environment."""
        return str(self.venv / "bin" / name)

    def database_url(self, user: str = "govplatform", database: str = "govplatform") -> str:
        """Address of the project's own database, as libpq and django-environ both read it."""
        return f"postgresql://{user}@/{database}?host={self.run}"

    def redis_url(self) -> str:
        """Address of the project's own Redis, as redis-py reads it."""
        return f"unix://{self.redis_socket}"


def here() -> Paths:
    """The paths of this checkout for the user who runs the command."""
    return Paths(root=CHECKOUT, uid=os.geteuid())


def check_socket_length(paths: Paths) -> None:
    """Refuse before PostgreSQL does, which only says that it could not create a socket."""
    for socket in (paths.pg_socket, paths.redis_socket):
        if len(os.fsencode(socket)) > SOCKET_PATH_LIMIT:
            raise Refusal(f"The socket path {socket} is longer than {SOCKET_PATH_LIMIT} bytes.")


def private_directory(path: Path) -> None:
    """Make ``path`` with mode 0700, or refuse when somebody else has made it first (it may be below /tmp)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise Refusal(f"{path} belongs to somebody else; remove it and start again.") from None
        path.chmod(0o700)
