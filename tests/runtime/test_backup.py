"""A backup brings back database, files and keys, and a damaged or foreign file is refused before anything changes."""

import os
import stat
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from govplatform.runtime.backup import backup, restore
from govplatform.runtime.console import Refusal
from govplatform.runtime.database import client, database_name, maintenance_url, recreate, run_sql
from govplatform.runtime.environment import addresses
from govplatform.runtime.paths import Paths, here


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(root=tmp_path, uid=os.geteuid())
    for place, text in ((made.media / "ab" / "photo", "photo"), (made.keys / "keys.json", "{}")):
        place.parent.mkdir(parents=True)
        place.write_text(text)
        place.chmod(0o600)
    return made


@pytest.fixture
def database() -> Iterator[str]:
    url = addresses(here())["DATABASE_URL"].replace("/govplatform?", f"/test_backup_{uuid.uuid4().hex[:8]}?")
    recreate(url)
    run_sql(url, "CREATE TABLE note (id int PRIMARY KEY, place geometry(Point, 4326))")
    run_sql(url, "INSERT INTO note VALUES (1, ST_SetSRID(ST_Point(117.1, 36.2), 4326))")
    yield url
    client("psql", "-q", "-d", maintenance_url(url), "-c", f"DROP DATABASE {database_name(url)} WITH (FORCE)")


def test_a_restored_backup_brings_back_rows_files_and_keys(paths: Paths, database: str) -> None:
    saved = backup(paths, database)
    run_sql(database, "UPDATE note SET id = 2")
    (paths.media / "ab" / "photo").write_text("other")
    (paths.media / "later").write_text("later")
    (paths.keys / "keys.json").unlink()
    restore(paths, database, saved)
    assert run_sql(database, "SELECT id, ST_AsText(place) FROM note").strip() == "1|POINT(117.1 36.2)"
    assert (paths.media / "ab" / "photo").read_text() == "photo"
    assert not (paths.media / "later").exists()
    assert stat.S_IMODE((paths.keys / "keys.json").stat().st_mode) == 0o600


def test_a_backup_is_readable_by_its_owner_only(paths: Paths, database: str) -> None:
    assert stat.S_IMODE(backup(paths, database).stat().st_mode) == 0o600


def test_a_damaged_backup_changes_nothing(paths: Paths, database: str) -> None:
    saved = backup(paths, database)
    content = saved.read_bytes()
    saved.write_bytes(content.replace(b"photo" + bytes(8), b"phony" + bytes(8), 1))
    run_sql(database, "UPDATE note SET id = 2")
    with pytest.raises(Refusal, match="damaged"):
        restore(paths, database, saved)
    assert run_sql(database, "SELECT id FROM note").strip() == "2"


def test_a_backup_that_reaches_outside_is_refused(paths: Paths, database: str, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as archive:
        archive.add(paths.keys / "keys.json", arcname="media/../../outside")
    with pytest.raises(Refusal, match="not a backup"):
        restore(paths, database, evil)
    assert not (tmp_path.parent / "outside").exists()
