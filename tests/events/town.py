"""A small town with a real catalogue: two centres, two bodies, their people, one grid. Builders only."""

import itertools
import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db.backends.postgresql.psycopg_any import DateRange
from PIL import Image

from accounts.models import Department, Membership, Role, User
from cases.models import Assignment, Case
from events import actions
from events.queries import catalogue, forget_catalogue
from grids.models import Division, Duty, Grid, GridVersion, Scheme
from ledger.actions import install_test_clock, store_photo
from ledger.actors import ANONYMOUS, Actor, ActorKind
from ledger.cityfolder import Change, CityFolder, city_path
from ledger.clock import app_now, shifted

COUNTY = "/3709/370902/"
TOWN = "/3709/370902/370902900/"
VILLAGE = "/3709/370902/370902900/370902900001/"
HERE = (117.175, 36.19)  # in the grid
ALWAYS = DateRange(date(2020, 1, 1), None)
LOADER = Actor(kind=ActorKind.MEMBER, id="1", rights=frozenset({"rules.draft", "rules.approve"}))
CATEGORIES = {"part/01/0101", "part/01/0137", "event/01/0110", "event/01/0112", "event/06/0699"}
RIGHTS = {
    "acceptor": "cases.read cases.claim cases.file cases.release people.contact",
    "duty_chief": "cases.read cases.file cases.dispatch cases.verify cases.check cases.supervise people.contact",
    "dispatcher": "cases.read cases.claim cases.dispatch",
    "coordinator": "cases.read cases.claim cases.coordinate people.contact",
    "handler": "field.use cases.read cases.claim cases.handle people.contact",
    "grid_worker": "field.use cases.read cases.verify cases.check",
}
DEPARTMENTS = {
    "jd": ("supervision", "county", COUNTY),
    "zh": ("command", "county", COUNTY),
    "zj": ("construction", "county", COUNTY),
    "hw": ("sanitation", "township", TOWN),
    "wg": ("grid_centre", "township", TOWN),
}
PEOPLE = {
    "acceptor": ("jd", "acceptor", COUNTY),
    "acceptor2": ("jd", "acceptor", COUNTY),
    "chief": ("jd", "duty_chief", COUNTY),
    "dispatcher": ("zh", "dispatcher", COUNTY),
    "coordinator": ("zj", "coordinator", COUNTY),
    "handler": ("zj", "handler", COUNTY),
    "sweeper": ("hw", "coordinator", TOWN),
    "worker": ("wg", "grid_worker", VILLAGE),
}
_keys = itertools.count(1)


@dataclass
class Town:
    departments: dict[str, Department] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    grid: Grid | None = None

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def department(self, code: str) -> int:
        return self.departments[code].pk


def build() -> Town:
    """Everything as of long ago."""
    install_test_clock()
    town = Town()
    for code, (function, level, territory) in DEPARTMENTS.items():
        town.departments[code] = Department.objects.create(
            code=code, name_zh=f"{code}（示意）", name_en=code, level=level, function=function, territory=territory
        )
    roles = {
        code: Role.objects.create(code=code, name_zh=code, name_en=code, rights=rights.split())
        for code, rights in RIGHTS.items()
    }
    for name, (department, role, territory) in PEOPLE.items():
        town.actors[name] = _person(town, name, department, roles[role], territory)
    _territory(town)
    load_catalogue()
    return town


def _person(town: Town, name: str, department: str, role: Role, territory: str) -> Actor:
    user = User.objects.create(username=name, display_name=f"{name}示例")
    hat = Membership.objects.create(
        user=user, department=town.departments[department], role=role, territory=territory, valid=ALWAYS
    )
    return Actor(
        kind=ActorKind.MEMBER, id=str(user.pk), department_id=town.department(department), membership_id=hat.pk,
        role=role.code, rights=frozenset(role.rights), territory=territory, label=name,
    )  # fmt: skip


def _territory(town: Town) -> None:
    parent: Division | None = None
    square = Polygon.from_bbox((117.0, 36.0, 117.4, 36.4))
    for path, level in (("/3709/", "city"), (COUNTY, "county"), (TOWN, "township"), (VILLAGE, "village")):
        code = path.rstrip("/").rsplit("/", 1)[1]
        parent = Division.objects.create(
            code=code, level=level, name_zh=f"示意{level}", name_en=level, path=path, parent=parent, valid=ALWAYS,
            illustrative=True, outline=MultiPolygon(square) if level == "county" else None,
        )  # fmt: skip
    assert parent is not None
    scheme = Scheme.objects.create(code="service", name_zh="服务网格", name_en="Service grids")
    Scheme.objects.create(code="management", name_zh="单元网格", name_en="Unit grids")
    code = "370902900001S01"
    town.grid = Grid.objects.create(
        scheme=scheme,
        code=code,
        type="base",
        name_zh="示意网格",
        name_en="Grid",
        division=parent,
        path=f"{VILLAGE}{code}/",
    )
    boundary = Polygon.from_bbox((117.17, 36.185, 117.18, 36.195))
    GridVersion.objects.create(grid=town.grid, scheme=scheme, number=1, boundary=boundary, area=1.0, valid=ALWAYS)
    Duty.objects.create(grid=town.grid, user_id=int(town["worker"].id), post="worker", valid=ALWAYS)


@lru_cache(maxsize=1)
def small_folder() -> Path:
    """A city folder with a few of the categories of the demo city: most tests need no more."""
    folder = Path(tempfile.mkdtemp(prefix="gp-test-city-"))
    for name, column in (("categories.csv", None), ("conditions.csv", 0)):
        head, *lines = (city_path("taian") / name).read_text().splitlines()
        kept = [line for line in lines if _key(line.split(","), column) in CATEGORIES]
        (folder / name).write_text("\n".join([head, *kept]) + "\n")
    return folder


def _key(cells: list[str], column: int | None) -> str:
    return cells[column] if column is not None else f"{cells[1]}/{cells[2]}/{cells[2]}{cells[3]}"


def load_catalogue(folder: Path | None = None) -> Change:
    """Categories in force since 200 days ago."""
    forget_catalogue()
    with shifted(timedelta(days=-200)):
        source = CityFolder(folder or small_folder())
        change = actions.load_categories(source, apply=True, actor=LOADER, now=app_now())
        assert not source.faults, source.faults
    forget_catalogue()
    return change


def incident(category: str = "part/01/0101", **more: Any) -> actions.Incident:
    return actions.Incident(**{"category": category, "lon": HERE[0], "lat": HERE[1], **more})


def report(actor: Actor = ANONYMOUS, *, category: str = "part/01/0101", **more: Any) -> actions.Receipt:
    """A public report with a key of its own."""
    arguments: dict[str, Any] = {"source": "public", "submission_key": f"key-{next(_keys)}"}
    arguments.update(
        {name: more.pop(name) for name in ("source", "submission_key", "contact", "network") if name in more}
    )
    return actions.report_incident(actor=actor, incident=incident(category, **more), **arguments)


def photo(actor: Actor, colour: str = "") -> UUID:
    """A stored picture; of a colour given, the same picture each time."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour or (next(_keys) % 256, 0, 90)).save(out, "JPEG")
    return store_photo(data=out.getvalue(), actor=actor, staff=True, now=app_now()).file.pk


def condition(category: str = "part/01/0101", number: int = 1) -> int:
    return next(c.id for c in catalogue().by_key[category].conditions if c.number == number)


def case(case_id: int) -> Case:
    return Case.objects.get(pk=case_id)


def step(case_id: int, key: str) -> Assignment:
    return Assignment.objects.get(case_id=case_id, step_key=key, open=True)
