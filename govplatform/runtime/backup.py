"""``make backup`` and ``make restore``: database, stored files and keys in one file.

The file holds the keys that open the sealed values in it, so it is readable by its owner only and belongs where the
keys may be. The database is read first: every file its rows name was stored before the row and is therefore found.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from govplatform.runtime.console import Refusal, say
from govplatform.runtime.database import dump, load
from govplatform.runtime.paths import Paths
from govplatform.runtime.running import is_running
from govplatform.runtime.stamps import Stamps

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
_FOLDERS = ("media", "keys")
_CHUNK = 1 << 20


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def _contents(paths: Paths, database: Path) -> Iterator[tuple[str, Path]]:
    """Every member of a backup: its name inside and the file it is read from."""
    yield DUMP, database
    for folder, base in (("media", paths.media), ("keys", paths.keys)):
        for path in sorted(base.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{folder}/{path.relative_to(base).as_posix()}", path


def backup(paths: Paths, database_url: str) -> Path:
    """Write a backup below ``var/backup`` and return its path; a half written one is never left under its name."""
    folder = paths.var / "backup"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    target = folder / f"govplatform-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.tar"
    draft = target.with_suffix(".part")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        database = Path(scratch) / DUMP
        say("reading the database")
        dump(database_url, database)
        say("reading files and keys")
        with (
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
            tarfile.open(fileobj=out, mode="w") as archive,
        ):
            sums = {}
            for name, path in _contents(paths, database):
                sums[name] = _sha256(path)
                archive.add(path, arcname=name, recursive=False)
            manifest = json.dumps({"format": FORMAT, "sha256": sums}, indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mtime, entry.mode = len(manifest), int(time.time()), 0o600
            archive.addfile(entry, io.BytesIO(manifest))
            archive.close()
            out.flush()
            os.fsync(out.fileno())
    draft.rename(target)
    return target


def _safe(name: str) -> bool:
    """Whether a member may be written: the dump, the manifest, or a file inside one of the two folders."""
    path = PurePosixPath(name)
    inside = len(path.parts) > 1 and path.parts[0] in _FOLDERS and ".." not in path.parts and not path.is_absolute()
    return inside or name in {DUMP, MANIFEST}


def _unpack(source: Path, target: Path) -> None:
    """Write the members of a backup below ``target`` and compare each with the manifest's checksum."""
    with tarfile.open(source) as archive:
        for member in archive:
            if not member.isfile() or not _safe(member.name):
                raise Refusal(f"{source} is not a backup of this platform: {member.name}")
            content = archive.extractfile(member)
            assert content is not None
            place = target / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            with content, os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                shutil.copyfileobj(content, out, _CHUNK)
            place.chmod(member.mode & 0o600)
    try:
        manifest = json.loads((target / MANIFEST).read_text())
    except (OSError, ValueError):
        raise Refusal(f"{source} has no manifest") from None
    for name, expected in manifest["sha256"].items():
        place = target / name
        if not place.is_file() or _sha256(place) != expected:
            raise Refusal(f"{source} is damaged: {name}")


def _swap(fresh: Path, place: Path) -> None:
    """Put a folder in the place of another; the old one stays beside it until the new one stands."""
    old = place.with_name(f"{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    if fresh.exists():
        fresh.rename(place)
    else:
        place.mkdir()
    place.chmod(0o700)
    shutil.rmtree(old, ignore_errors=True)


def restore(paths: Paths, database_url: str, source: Path) -> None:
    """Replace database, files and keys by those of a backup; nothing is touched before all of it has been checked.

    Raises:
        Refusal: the site is running, or the file is no sound backup.
    """
    if is_running(paths):
        raise Refusal("The site is running; end it first with: make stop")
    if not source.is_file():
        raise Refusal("Say which backup: make restore FILE=var/backup/….tar")
    with tempfile.TemporaryDirectory(dir=paths.var) as scratch:
        fresh = Path(scratch)
        try:
            say("checking the backup")
            _unpack(source, fresh)
        except tarfile.TarError as error:
            raise Refusal(f"{source} is not readable: {error}") from None
        say("putting the database back")
        load(database_url, fresh / DUMP)
        say("putting files and keys back")
        for folder, place in (("media", paths.media), ("keys", paths.keys)):
            _swap(fresh / folder, place)
    Stamps(paths).forget("data", "demo")
