"""The city folder's roles, departments and users: validated with file and row, applied twice with one effect."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from accounts.actions import load_departments, load_roles, load_users
from accounts.demo_identity import INVENTED
from accounts.kinds import DEMO_ROLES
from accounts.models import Department, Membership, Role, User
from accounts.queries import export_departments, export_roles, export_users, presence_of_user
from ledger.actors import CLOCK
from ledger.cityfolder import Change, CityFolder
from ledger.clock import app_now

PARTS = (load_roles, load_departments, load_users)
TAIAN = Path(settings.CITIES_DIR) / "taian"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("roles.csv", "departments.csv", "users.csv"):
        shutil.copy(TAIAN / name, tmp_path / name)
    return tmp_path


def load(path: Path, *, apply: bool = True) -> tuple[CityFolder, list[Change]]:
    city = CityFolder(path)
    return city, [part(city, apply=apply, actor=CLOCK, now=app_now()) for part in PARTS]


def replace(path: Path, name: str, old: str, new: str) -> None:
    text = (path / name).read_text(encoding="utf-8")
    assert old in text
    (path / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_demo_city_loads_twice_with_one_effect(db: None, folder: Path) -> None:
    city, changes = load(folder)
    assert city.faults == []
    assert all(changes)
    counted = Department.objects.count(), User.objects.count(), Membership.objects.count()
    assert counted[0] >= 20
    assert counted[1] >= 65
    _again, changes = load(folder)
    assert not any(changes)
    assert (Department.objects.count(), User.objects.count(), Membership.objects.count()) == counted


def test_checking_writes_nothing(db: None, folder: Path) -> None:
    _city, changes = load(folder, apply=False)
    assert all(changes)
    assert not Role.objects.exists()
    assert not User.objects.exists()


def test_what_was_exported_changes_nothing_when_loaded(db: None, folder: Path) -> None:
    load(folder)
    for files in (export_roles(), export_departments(), export_users()):
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    city, changes = load(folder)
    assert city.faults == []
    assert not any(changes)


def test_every_person_of_the_demo_is_there_with_the_role_of_the_button(db: None, folder: Path) -> None:
    load(folder)
    for username in DEMO_ROLES:
        presence = presence_of_user(User.objects.get(username=username), None)
        assert presence.hat is not None or username == "resident", username
    assert len(presence_of_user(User.objects.get(username="dispatcher"), None).hats) == 2


def test_the_people_of_the_demo_bear_visibly_invented_names(db: None, folder: Path) -> None:
    load(folder)
    for user in User.objects.all():
        assert user.display_name[1:] in INVENTED, user.username
        assert user.email == "" or user.email.endswith(".invalid")


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("roles.csv", "people.contact", "people.everything", "roles.csv:3: rights:"),
        ("roles.csv", ",field,no,", ",watch,no,", "roles.csv:2: face:"),
        ("departments.csv", "3709-jd,/3709/370902/", "nowhere,/3709/370902/", "departments.csv:6: parent:"),
        ("departments.csv", ",city,supervision", ",galaxy,supervision", "departments.csv:2: level:"),
        ("departments.csv", "supervision,,/3709/", "supervision,,3709", "departments.csv:2: territory:"),
        ("users.csv", "3709-xx,system_admin", "3709-yy,system_admin", "users.csv:2: department:"),
        ("users.csv", "3709-xx,system_admin", "3709-xx,king", "users.csv:2: role:"),
        ("users.csv", "16100000001", "13800138000", "users.csv:18: phone:"),
    ],
)
def test_a_fault_names_its_file_and_row(db: None, folder: Path, name: str, old: str, new: str, fault: str) -> None:
    replace(folder, name, old, new)
    city, _changes = load(folder, apply=False)
    assert any(str(found).startswith(fault) for found in city.faults), [str(found) for found in city.faults][:5]


def test_a_territory_that_is_no_division_is_a_fault(db: None, folder: Path) -> None:
    city = CityFolder(folder)
    city.known["paths"] = {"/3709/", "/3709/370902/"}
    load_departments(city, apply=False, actor=CLOCK, now=app_now())
    assert city.faults
    assert {found.field for found in city.faults} == {"territory"}


@override_settings(DEMO=False)
def test_a_real_city_gives_nobody_a_known_password(db: None, folder: Path) -> None:
    text = (folder / "users.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if ",resident," not in line]
    (folder / "users.csv").write_text("\n".join(lines), encoding="utf-8")
    load(folder)
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_a_hat_ended_on_the_screen_comes_back_only_if_the_file_still_says_so(db: None, folder: Path) -> None:
    load(folder)
    hat = Membership.objects.filter(user__username="gw01").get()
    hat.delete()
    _city, changes = load(folder)
    assert changes[2].lines == ["+ gw01 grid_worker@370902900-wg"]
