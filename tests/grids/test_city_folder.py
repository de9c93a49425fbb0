"""The commands load_city and export_city with everything that is registered, and the published schema."""

import json
import shutil
from io import StringIO
from pathlib import Path
from time import monotonic

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

from govplatform import cityload
from grids.models import Division, Grid
from ledger.cityfolder import CityFolder, city_path
from tests.grids import small


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_published_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(cityload.SCHEMA.read_text(encoding="utf-8")))


def test_every_file_of_the_shipped_city_is_described_and_fits() -> None:
    folder = CityFolder(city_path("taian"))
    described = set(json.loads(cityload.SCHEMA.read_text(encoding="utf-8"))["properties"])
    files = {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file()}
    assert files <= described
    assert [str(fault) for fault in cityload.schema_faults(folder)] == []


def test_the_shipped_city_loads_without_a_fault(db: None) -> None:
    shown = run("load_city", "--folder", str(city_path("taian")), "--check")
    assert "divisions: 3890 added" in shown
    assert "duties: 240 added" in shown


def test_no_code_names_the_city() -> None:
    """A city is a folder: neither its name nor its codes stand in the code that runs."""
    apps = ("govplatform", "events", "wages", "services", "cases", "grids", "accounts", "ledger")
    files = [path for app in apps for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    running = [path for path in files if "migrations" not in path.parts and "town" not in path.parts]
    assert not [path for path in running if "泰安" in path.read_text(encoding="utf-8")]


def test_a_schema_fault_names_file_and_line_and_nothing_is_written(db: None, folder: Path) -> None:
    small.edit(folder / "divisions.csv", ",city,", ",town,")
    with pytest.raises(CommandError, match="nothing was written"):
        run("load_city", "--folder", str(folder))
    assert any(str(fault).startswith("divisions.csv:2: level:") for fault in cityload.schema_faults(CityFolder(folder)))
    assert not Division.objects.exists()


def test_loading_shows_the_difference_and_the_second_time_is_quick(db: None, folder: Path) -> None:
    shown = run("load_city", "--folder", str(folder))
    assert "divisions: 6 added" in shown
    assert "+ 370902900 示范镇（示意）" in shown
    started = monotonic()
    assert "unchanged" in run("load_city", "--folder", str(folder))
    assert monotonic() - started < 1
    assert "0 added, 0 changed, 0 ended" in run("load_city", "--folder", str(folder), "--full")


def test_a_check_writes_nothing(db: None, folder: Path) -> None:
    assert "divisions: 6 added" in run("load_city", "--folder", str(folder), "--check")
    assert not Grid.objects.exists()


def test_a_changed_file_is_noticed(db: None, folder: Path) -> None:
    run("load_city", "--folder", str(folder))
    small.edit(folder / "divisions.csv", "甲街道", "乙街道")
    assert "1 changed" in run("load_city", "--folder", str(folder))


def test_what_is_exported_loads_without_a_difference(db: None, folder: Path, tmp_path: Path) -> None:
    run("load_city", "--folder", str(folder))
    target = tmp_path / "out"
    run("export_city", str(target))
    shutil.copy(folder / "city.json", target / "city.json")
    shown = run("load_city", "--folder", str(target), "--check")
    assert "divisions: 0 added, 0 changed, 0 ended, 6 unchanged" in shown
    assert "town: 0 added, 0 changed, 0 ended" in shown


def test_export_does_not_overwrite(db: None, folder: Path) -> None:
    with pytest.raises(CommandError, match="not empty"):
        run("export_city", str(folder))


def test_a_folder_that_is_not_there_is_named(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no city folder at"):
        run("load_city", "--folder", str(tmp_path / "nowhere"))
