"""Whole-database work of the command line: empty, dump, put back. Only on the project's own cluster or a given one
whose role may create databases."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from govplatform.runtime.console import Refusal
from govplatform.runtime.servers import find_postgres


def tool(name: str) -> str:
    """A client program of PostgreSQL, beside the server's if there is one."""
    postgres = find_postgres()
    if postgres is not None and (postgres.bin / name).exists():
        return str(postgres.bin / name)
    found = shutil.which(name)
    if found is None:
        raise Refusal(f"{name} is not installed; it comes with the package postgresql-client")
    return found


def libpq_url(url: str) -> str:
    """The address as PostgreSQL's programs read it; ``postgis://`` is Django's name for the same."""
    scheme, rest = url.split("://", 1)
    return f"postgresql://{rest}" if scheme in {"postgis", "postgres", "postgresql", "pgsql", "psql"} else url


def database_name(url: str) -> str:
    """Name of the database in an address."""
    return unquote(urlsplit(libpq_url(url)).path.lstrip("/"))


def maintenance_url(url: str) -> str:
    """The same server and role, but the database everybody has, from which another can be dropped."""
    return urlunsplit(urlsplit(libpq_url(url))._replace(path="/postgres"))


def client(name: str, *arguments: str) -> str:
    """Run a client program and return what it prints.

    Raises:
        Refusal: it failed; its words are in the message.
    """
    done = subprocess.run(
        [tool(name), *arguments],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Refusal(f"{name} failed: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


def run_sql(url: str, *statements: str) -> str:
    """Run statements one by one through psql and return the rows, unaligned."""
    commands = [word for statement in statements for word in ("-c", statement)]
    return client("psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", libpq_url(url), *commands)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def recreate(url: str) -> None:
    """Drop the database at ``url``, with whoever is connected to it, and make it anew and empty."""
    name = _quoted(database_name(url))
    run_sql(maintenance_url(url), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")


def dump(url: str, target: Path) -> None:
    """Write the database at ``url`` to ``target`` in PostgreSQL's custom format, from one snapshot."""
    # spatial_ref_sys is the extension's own and not writable by the role; every new database brings it along.
    how = ("--format=custom", "--no-owner", "--exclude-table-data=spatial_ref_sys")
    client("pg_dump", *how, f"--file={target}", f"--dbname={libpq_url(url)}")


def _without_extensions(listing: str) -> Sequence[str]:
    # Extensions belong to the superuser and are in template1 already; their comments cannot be set by the role.
    return [line for line in listing.splitlines() if " EXTENSION " not in line and " COMMENT - EXTENSION " not in line]


def load(url: str, source: Path) -> None:
    """Replace the database at ``url`` by the dump in ``source``, in one transaction."""
    contents = source.with_suffix(".list")
    contents.write_text("\n".join(_without_extensions(client("pg_restore", "--list", str(source)))) + "\n")
    recreate(url)
    client(
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        f"--use-list={contents}",
        f"--dbname={libpq_url(url)}",
        str(source),
    )
