"""The project's own PostgreSQL cluster and Redis, on sockets only its owner can open."""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from govplatform.runtime.console import Refusal, say
from govplatform.runtime.paths import PG_PORT, Paths, check_socket_length, private_directory
from govplatform.runtime.stamps import files_digest

BOOTSTRAP_SQL = Path(__file__).with_name("bootstrap.sql")
SERVICE_USER = "postgres"  # the distribution's package makes this account
STOP_SECONDS = 30.0
_PROGRAMS = Path("/usr/lib/postgresql")
_SHARED = Path("/usr/share/postgresql")


@dataclass(frozen=True)
class Postgres:
    """One installed PostgreSQL that has PostGIS: its version directory and the library worth loading at start."""

    version: str
    bin: Path
    preload: str | None


def find_postgres(wanted: str | None = None) -> Postgres | None:
    """Newest installed PostgreSQL with PostGIS, or exactly ``wanted``; None when there is none."""
    found = [
        folder.name
        for folder in _PROGRAMS.glob("*")
        if (folder / "bin/initdb").exists() and (_SHARED / folder.name / "extension/postgis.control").exists()
    ]
    if wanted is not None:
        found = [version for version in found if version == wanted]
    if not found:
        return None
    version = max(found, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])
    libraries = sorted(path.stem for path in (_PROGRAMS / version / "lib").glob("postgis-*.so"))
    return Postgres(version, _PROGRAMS / version / "bin", libraries[-1] if libraries else None)


def find_redis() -> str | None:
    """The Redis server program of the distribution, under either of its names."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def _as_service_user(paths: Paths, command: Sequence[str | Path]) -> list[str]:
    prefix: list[str] = []
    if paths.as_root:
        prefix = ["setpriv", f"--reuid={SERVICE_USER}", f"--regid={SERVICE_USER}", "--init-groups", "--"]
    return [*prefix, *map(str, command)]


def _run(paths: Paths, command: Sequence[str | Path]) -> str:
    """Run a server program; what it says is shown only when it fails."""
    done = subprocess.run(
        _as_service_user(paths, command),
        cwd="/",  # the service user may not be allowed to stand in the checkout
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        raise Refusal(f"{Path(command[0]).name} failed: {done.stdout.strip()[-2000:]}")
    return done.stdout


def _give(paths: Paths, path: Path) -> Path:
    """Hand ``path`` to the account the servers run under."""
    if paths.as_root:
        shutil.chown(path, SERVICE_USER, SERVICE_USER)
    return path


def _answers(path: Path) -> bool:
    """Whether a server listens on the socket at ``path``."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _exclusive(paths: Paths) -> Iterator[None]:
    """One command at a time starts or stops the servers."""
    paths.state.mkdir(parents=True, exist_ok=True)
    with (paths.state / "servers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _directories(paths: Paths) -> None:
    check_socket_length(paths)
    paths.servers.mkdir(parents=True, exist_ok=True)
    if paths.as_root:
        paths.run.mkdir(parents=True, exist_ok=True)
        paths.run.chmod(0o700)
    else:
        private_directory(paths.run)
    _give(paths, paths.run)
    _give(paths, paths.servers).chmod(0o700)
    paths.redis_data.mkdir(exist_ok=True)
    _give(paths, paths.redis_data)


def installed_postgres(paths: Paths) -> Postgres:
    """The PostgreSQL for this checkout: the one its data was made with, else the newest.

    Raises:
        Refusal: none is installed, or the data belongs to a version that has gone.
    """
    made_with = paths.pgdata / "PG_VERSION"
    wanted = made_with.read_text().strip() if made_with.exists() else None
    postgres = find_postgres(wanted)
    if postgres is None and wanted:
        raise Refusal(
            f"{paths.pgdata} was made by PostgreSQL {wanted}, which is not installed any more (with PostGIS)."
        )
    if postgres is None:
        raise Refusal("PostgreSQL with PostGIS is not installed; run: python3 -m govplatform.runtime install")
    return postgres


def _settings(paths: Paths, preload: str | None) -> str:
    lines = [
        "# Written anew at every start; what is changed here is lost.",
        "listen_addresses = ''",
        f"port = {PG_PORT}",
        f"unix_socket_directories = '{paths.run}'",
        "unix_socket_permissions = 0700",
        "max_connections = 200",
        "shared_buffers = 256MB",
        "effective_cache_size = 1GB",
        "maintenance_work_mem = 128MB",
        "max_wal_size = 2GB",
        "random_page_cost = 1.1",
        "jit = off",
        "fsync = on",
        "synchronous_commit = on",
        "timezone = 'UTC'",
        "log_timezone = 'UTC'",
    ]
    if preload:  # a new connection's first geometry call costs 11 ms without it, 3 ms with it
        lines.append(f"shared_preload_libraries = '{preload}'")
    return "\n".join(lines) + "\n"


def _make_cluster(paths: Paths, postgres: Postgres) -> None:
    """initdb beside the final place, then rename, so that an interrupted run leaves nothing half made."""
    fresh = paths.servers / "postgresql.new"
    if fresh.exists():
        shutil.rmtree(fresh)
    # C.UTF-8 and not C: with C, trigrams of Chinese text are empty and search never uses its index.
    _run(
        paths,
        [postgres.bin / "initdb", "-D", fresh, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
    )
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude_if_exists = 'govplatform.conf'\n")
    fresh.rename(paths.pgdata)


def _start_postgres(paths: Paths, postgres: Postgres) -> None:
    log = paths.servers / "postgresql.log"
    conf = paths.pgdata / "govplatform.conf"
    start: list[str | Path] = [postgres.bin / "pg_ctl", "-D", paths.pgdata, "-l", log, "-w", "-t", "60", "-s", "start"]
    conf.write_text(_settings(paths, postgres.preload))
    _give(paths, conf)
    try:
        _run(paths, start)
    except Refusal:
        if postgres.preload is None:
            raise
        conf.write_text(_settings(paths, None))
        _run(paths, start)


def _bootstrap(paths: Paths, postgres: Postgres) -> None:
    # The text is passed through a copy, because the service user may not read the checkout.
    copy = paths.servers / "bootstrap.sql"
    shutil.copyfile(BOOTSTRAP_SQL, copy)
    _give(paths, copy)
    address: list[str | Path] = ["-h", paths.run, "-p", str(PG_PORT), "-U", "postgres", "-d", "postgres"]
    _run(paths, [postgres.bin / "psql", "-X", "-q", *address, "-f", copy])
    if not cluster_id(paths):
        (paths.servers / "cluster-id").write_text(uuid.uuid4().hex + "\n")
    (paths.servers / "bootstrapped").write_text(files_digest(BOOTSTRAP_SQL.parent, [BOOTSTRAP_SQL]))


def _is_bootstrapped(paths: Paths) -> bool:
    """Whether the text that makes role and extensions has been run as it is now."""
    mark = paths.servers / "bootstrapped"
    return mark.exists() and mark.read_text() == files_digest(BOOTSTRAP_SQL.parent, [BOOTSTRAP_SQL])


def cluster_id(paths: Paths) -> str:
    """Changes whenever the cluster is made anew; empty before the first start."""
    mark = paths.servers / "cluster-id"
    return mark.read_text().strip() if mark.exists() else ""


def _start_redis(paths: Paths) -> None:
    program = find_redis()
    if program is None:
        raise Refusal("Redis is not installed; run: python3 -m govplatform.runtime install")
    options: Mapping[str, str] = {
        "port": "0",
        "unixsocket": str(paths.redis_socket),
        "unixsocketperm": "700",
        "dir": str(paths.redis_data),
        "pidfile": str(paths.redis_data / "redis.pid"),
        "logfile": str(paths.redis_data / "redis.log"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
    }
    _run(paths, [program, *(word for key, value in options.items() for word in (f"--{key}", value))])
    deadline = time.monotonic() + STOP_SECONDS
    while not _answers(paths.redis_socket):
        if time.monotonic() > deadline:
            raise Refusal(f"Redis did not start; see {paths.redis_data / 'redis.log'}")
        time.sleep(0.05)


def _ensure_postgres(paths: Paths) -> None:
    postgres = installed_postgres(paths)
    if not _answers(paths.pg_socket):
        if not (paths.pgdata / "PG_VERSION").exists():
            say(f"making a PostgreSQL {postgres.version} cluster in {paths.pgdata}")
            _make_cluster(paths, postgres)
        say("starting PostgreSQL")
        _start_postgres(paths, postgres)
    if not _is_bootstrapped(paths):
        _bootstrap(paths, postgres)


def start_servers(paths: Paths, *, database: bool = True, redis: bool = True) -> None:
    """Start what does not answer yet; make the cluster, the role and the databases on the first run.

    Args:
        paths: the checkout.
        database: whether PostgreSQL is wanted.
        redis: whether Redis is wanted.
    """
    with _exclusive(paths):
        _directories(paths)
        if database:
            _ensure_postgres(paths)
        if redis and not _answers(paths.redis_socket):
            say("starting Redis")
            _start_redis(paths)


def _pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def stop_servers(paths: Paths) -> bool:
    """Stop both servers and wait until they are gone; whether there was anything to stop."""
    with _exclusive(paths):
        stopped = False
        if _answers(paths.redis_socket):
            pid = _pid(paths.redis_data / "redis.pid")
            if pid is not None:
                os.kill(pid, signal.SIGTERM)
                deadline = time.monotonic() + STOP_SECONDS
                while _alive(pid) and time.monotonic() < deadline:
                    time.sleep(0.05)
            stopped = True
        if (paths.pgdata / "postmaster.pid").exists():
            postgres = installed_postgres(paths)
            how = ["-m", "fast", "-w", "-t", str(int(STOP_SECONDS)), "-s"]
            with contextlib.suppress(Refusal):  # a stale pid file after a power cut
                _run(paths, [postgres.bin / "pg_ctl", "-D", paths.pgdata, *how, "stop"])
            stopped = True
        return stopped


def keep_servers(paths: Paths, keep: bool) -> None:
    """Remember that somebody started the servers by hand, so that no other command stops them on leaving."""
    mark = paths.state / "servers.keep"
    if keep:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


@contextlib.contextmanager
def servers_in_use(paths: Paths, *, database: bool, redis: bool) -> Iterator[None]:
    """Servers up inside the block; the last user to leave stops them, unless they were started by hand."""
    if not (database or redis):
        yield
        return
    start_servers(paths, database=database, redis=redis)
    with (paths.state / "servers.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                last = True
            except BlockingIOError:
                last = False
            if last and not (paths.state / "servers.keep").exists():
                stop_servers(paths)
