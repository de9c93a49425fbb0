"""The catalogue of a city: loaded with file and row, published as editions, searched in three ways."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from cases.kinds import resolve
from cases.workflow import UNITS
from events import actions, queries
from events.imports import read_catalogue
from events.models import Category
from events.workflow import EVENT
from ledger.cityfolder import CityFolder, city_path
from ledger.clock import app_now, shifted
from ledger.models import Edition
from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(builders.small_folder(), tmp_path / "city"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def faults(path: Path) -> list[str]:
    read = CityFolder(path)
    read_catalogue(read)
    return [str(fault) for fault in read.faults]


def test_the_citys_own_catalogue_has_no_fault() -> None:
    read = CityFolder(city_path("taian"))
    lines = read_catalogue(read)
    assert not read.faults
    kinds = [line.type for line in lines.values()]
    assert (kinds.count("event"), kinds.count("part")) == (72, 67)
    assert all(c.unit in UNITS and c.text_en for line in lines.values() for c in line.conditions)


def test_loading_twice_changes_nothing(town: Town) -> None:
    again = builders.load_catalogue()
    assert (bool(again), again.same) == (False, len(builders.CATEGORIES))
    assert Edition.objects.filter(kind="categories").count() == 1


def test_a_change_makes_a_new_edition_and_old_cases_keep_theirs(town: Town, folder: Path) -> None:
    case_id = drive.filed(town)
    change(folder / "conditions.csv", "urgent_hour,2", "urgent_hour,1")
    told = builders.load_catalogue(folder)
    assert (told.changed, told.lines) == (1, ["~ part/01/0101"])
    queries.forget_catalogue()
    with shifted(timedelta(minutes=1)):
        now = app_now()
        new = queries.category("part/01/0101", now)
    assert new.conditions[0].budget == 1
    assert queries.report_detail(case_id, town["acceptor"]).condition.budget == 2  # type: ignore[union-attr]


def test_two_names_stand_on_an_edition(town: Town) -> None:
    edition = Edition.objects.get(kind="categories")
    assert edition.drafted_by != edition.approved_by


def test_what_is_exported_loads_without_a_change(town: Town, folder: Path) -> None:
    for name, text in actions.export_categories().items():
        (folder / name).write_text(text)
    assert not builders.load_catalogue(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("categories.csv", ",event,", ",happening,", "categories.csv:2: type"),
        ("categories.csv", ",01,10,", ",1,10,", "categories.csv:2: major"),
        ("categories.csv", "暴露生活垃圾", "", "categories.csv:2: name_zh"),
        ("categories.csv", ",yes", ",perhaps", "categories.csv:2: public"),
        ("conditions.csv", "event/01/0110", "event/77/7777", "conditions.csv:2: category"),
        ("conditions.csv", "event/01/0110,1", "event/01/0110,3", "conditions.csv:2: number"),
        ("conditions.csv", "working_hour", "moon", "conditions.csv:2: unit"),
        ("conditions.csv", "working_hour,4", "working_hour,-4", "conditions.csv:2: budget"),
    ],
)
def test_a_fault_names_file_row_and_column(folder: Path, file: str, old: str, new: str, message: str) -> None:
    change(folder / file, old, new)
    assert any(fault.startswith(message) for fault in faults(folder)), faults(folder)


def test_a_category_without_condition_is_refused(folder: Path) -> None:
    lines = (folder / "conditions.csv").read_text().splitlines()
    (folder / "conditions.csv").write_text("\n".join(line for line in lines if "event/01/0110" not in line))
    assert any("event/01/0110 has no filing condition" in fault for fault in faults(folder))


def test_nothing_is_written_by_looking(town: Town, folder: Path) -> None:
    change(folder / "conditions.csv", "urgent_hour,2", "urgent_hour,1")
    before = Category.objects.count()
    told = actions.load_categories(CityFolder(folder), apply=False, actor=builders.LOADER, now=app_now())
    assert (told.changed, Category.objects.count()) == (1, before)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("路灯", "part/01/0137"),
        ("灯不亮", "part/01/0137"),
        ("ld", "part/01/0137"),
        ("street lamp", "part/01/0137"),
        ("lamp", "part/01/0137"),
        ("垃圾", "event/01/0110"),
        ("dirty", "event/01/0112"),
        ("0101", "part/01/0101"),
    ],
)
def test_a_category_is_found_by_words_initials_english_and_code(town: Town, text: str, key: str) -> None:
    assert queries.search_categories(text, at=app_now(), public=True)[0].key == key


def test_a_search_for_nothing_known_finds_nothing(town: Town) -> None:
    assert queries.search_categories("宇宙飞船", at=app_now(), public=True) == []


def test_every_guard_and_target_of_the_table_is_there() -> None:
    names = [t.guard for t in EVENT.transitions if t.guard]
    names += [s.to.removeprefix("call:") for s in EVENT.steps if s.to.startswith("call:")]
    assert all(callable(resolve(name)) for name in names)
