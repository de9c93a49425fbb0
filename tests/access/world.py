"""The demo city's real roles and people, and one case for every relation somebody can have to it. Built once a run."""

import csv
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from accounts.actions import load_departments, load_roles, load_users
from accounts.kinds import SCOPES
from accounts.models import Department, User
from accounts.queries import presence_of_client, presence_of_user
from cases.models import Assignment, Attachment, Case
from events import actions
from grids.models import BoundaryDraft, ChangeSet, Division, DraftStep, Duty, Grid, GridVersion, Scheme
from ledger.actions import install_test_clock
from ledger.actors import ANONYMOUS, CLOCK, Actor
from ledger.cityfolder import CityFolder
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.models import Document, ImportRun, Job, StoredFile
from ledger.queries.files import document_path
from services.actions import load_items
from tests.accounts.world import api_client
from tests.events.town import load_catalogue, photo
from tests.services.world import LOADER, SENIOR, City

TAIAN = Path(settings.CITIES_DIR) / "taian"
CITY, COUNTY, TOWN = "/3709/", "/3709/370902/", "/3709/370902/370902900/"
NEAR, FAR = f"{TOWN}370902900002/", f"{TOWN}370902900012/"
OTHER_COUNTY = "/3709/370911/370911001/370911001001/"
NOBODYS = "nobodys"  # a department without anybody in it
TOKEN = "gp_access-matrix"
ALWAYS = DateRange(date(2020, 1, 1), None)
RELATIONS = ("own", "same_grid", "same_department", "other_department", "other_county")
PLACES = {NEAR: (117.175, 36.19), FAR: (117.195, 36.19)}
_keys = itertools.count(1)


def role_people() -> dict[str, str]:
    """Role code → first user of users.csv who wears it as his first hat."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    with (TAIAN / "users.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["username"] not in seen:
                found.setdefault(row["role"], row["username"])
            seen.add(row["username"])
    return found


@dataclass
class World:
    """Actors by name (role codes, "resident", "anonymous", "client"), what their browsers send, and the cases."""

    actors: dict[str, Actor] = field(default_factory=dict)
    browsers: dict[str, dict[str, str]] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    shared: dict[str, Case] = field(default_factory=dict)
    cases: dict[tuple[str, str], Case] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    photos: dict[int, UUID] = field(default_factory=dict)
    steps: dict[int, int] = field(default_factory=dict)
    documents: dict[int, UUID] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)  # what somebody else has: a document, an import, a draft

    @property
    def nobodys(self) -> Department:
        """A department without anybody in it."""
        return Department.objects.get(code=NOBODYS)

    def case(self, who: str, relation: str) -> Case:
        """The case to which this actor has this relation and no nearer one."""
        return self.cases.get((who, relation)) or self.shared[relation]


@contextmanager
def undone() -> Iterator[None]:
    """Everything done inside is undone; actions inside may be durable."""
    block: Any = transaction.atomic()
    block._from_testcase = True  # what Django's own TestCase says of its blocks
    with block:
        yield
        transaction.set_rollback(True)


def build() -> World:
    """Roles, departments and people of the city folder, two villages with a grid each, and the cases."""
    install_test_clock()
    folder = CityFolder(TAIAN)
    for part in (load_roles, load_departments, load_users):
        part(folder, apply=True, actor=CLOCK, now=app_now())
    assert not folder.faults, folder.faults[:3]
    _territory()
    load_catalogue()
    world = World()
    _actors(world)
    for relation, path in (("same_grid", NEAR), ("other_department", FAR), ("other_county", OTHER_COUNTY)):
        world.shared[relation] = _case(world, path)
    for name, user in world.users.items():
        actor = world.actors[name]
        world.cases[name, "own"] = _case(world, OTHER_COUNTY, holder=user, actor=actor)
        if actor.department_id is not None:
            world.cases[name, "same_department"] = _case(world, OTHER_COUNTY, department_id=actor.department_id)
    _of_others(world)
    world.cases["client", "own"] = _case(world, OTHER_COUNTY, actor=world.actors["client"])
    return world


def _actors(world: World) -> None:
    Department.objects.create(
        code=NOBODYS, name_zh=NOBODYS, name_en=NOBODYS, level="city", function="nothing", territory=CITY
    )
    for role, username in role_people().items():
        user = User.objects.get(username=username)
        world.users[role] = user
        world.actors[role] = presence_of_user(user, None).actor
        client = Client()
        client.force_login(user)
        world.browsers[role] = {"HTTP_COOKIE": f"sessionid={client.cookies['sessionid'].value}"}
    world.actors["anonymous"], world.browsers["anonymous"] = ANONYMOUS, {}
    api_client(Department.objects.get(code="3709-xx"), *SCOPES, token=TOKEN)
    world.actors["client"] = presence_of_client(TOKEN).actor
    world.browsers["client"] = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}


def _case(
    world: World, path: str, *, holder: User | None = None, department_id: int | None = None, actor: Actor | None = None
) -> Case:
    """A report of an unknown, moved to `path`, whose only step is with a department nobody here belongs to."""
    lon, lat = PLACES.get(path, PLACES[FAR])
    reporter = actor if actor is not None and (holder is None or holder.person_id is not None) else ANONYMOUS
    receipt = actions.report_incident(
        actor=reporter,
        incident=actions.Incident(category="part/01/0101", lon=lon, lat=lat),
        source="api" if reporter.kind == "client" else "public",
        submission_key=f"access-{next(_keys)}",
    )
    department_id = department_id or Department.objects.get(code=NOBODYS).pk
    person_id = holder.person_id if holder is not None else None
    Case.objects.filter(pk=receipt.case_id).update(path=path, department_id=department_id, person_id=person_id)
    Assignment.objects.filter(case_id=receipt.case_id).update(
        department_id=department_id, holder=None if person_id else holder
    )
    case = Case.objects.get(pk=receipt.case_id)
    world.tokens[case.number] = receipt.token
    world.photos[case.pk] = _photo(case)
    world.documents[case.pk] = _document(case)
    world.steps[case.pk] = Assignment.objects.filter(case=case).earliest("pk").pk
    return case


def _photo(case: Case) -> UUID:
    """One picture on the disk, a stored file of its own for every case."""
    now = app_now()
    first = StoredFile.objects.order_by("created_at").first()
    if first is None:
        first = StoredFile.objects.get(pk=photo(ANONYMOUS))
    facts = {name: getattr(first, name) for name in ("sha256", "size", "media_type", "width", "height")}
    file = StoredFile.objects.create(id=uuid7(), created_at=now, created_by_kind="anonymous", **facts)
    Attachment.objects.create(case=case, file=file, stage="report", history=1, added_at=now)
    return file.pk


def _document(case: Case) -> UUID:
    """A report of the case that is made already: one file on the disk for all."""
    path = document_path("0" * 64)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7")
    row = Document.objects.create(
        id=uuid7(),
        kind="cases.report",
        object_id=str(case.pk),
        case_id=case.pk,
        series="AJBG",
        number=f"AJBG-{case.pk}",
        language="zh-hans",
        state="rendered",
        sha256="0" * 64,
        requested_by_kind="clock",
        requested_at=app_now(),
    )
    return row.pk


def import_run(kind: str, department_id: int | None) -> UUID:
    """An import that somebody of this department sent, read and checked."""
    now = app_now()
    run = ImportRun(
        id=uuid7(), kind=kind, state=ImportRun.State.CHECKED, file_name="other.xlsx", sha256="1" * 64, size=1,
        language="en", actor_kind="member", actor_department=department_id, created_at=now, updated_at=now,
    )  # fmt: skip
    run.save(force_insert=True)
    return run.pk


def _of_others(world: World) -> None:
    """An import by a department nobody belongs to, a change of boundaries in a county nobody here has, a document of a
    case in that county.
    """
    now, nobody = app_now(), world.nobodys.pk
    elsewhere = Division.objects.create(
        code="370999999999", level="village", name_zh="示意", name_en="Demo", path="/3799/", valid=ALWAYS,
        illustrative=True,
    )  # fmt: skip
    drafter = User.objects.order_by("pk")[0]
    draft = BoundaryDraft.objects.create(
        division=elsewhere, scheme=Scheme.objects.get(code="service"), title="other", drafted_by=drafter,
        drafted_at=now, updated_at=now,
    )  # fmt: skip
    DraftStep.objects.create(draft=draft, number=0, operation="begin", made_by=drafter, made_at=now)
    several = ChangeSet.objects.create(scheme=draft.scheme, title="other", begun_by=drafter, begun_at=now)
    BoundaryDraft.objects.filter(pk=draft.pk).update(change_set=several)
    world.others = {
        "run": import_run("grids.divisions", nobody),
        "export": _export(now),
        "draft": draft.pk,
        "change_set": several.pk,
        "matter": _matter(nobody),
    }


def _export(now: datetime) -> UUID:
    """A file somebody unknown asked for."""
    job_id = uuid7()
    params = {"export": "grids.things", "asked": {}, "territory": "", "language": "en"}
    who = {"actor_kind": "member", "actor_id": "0"}
    Job.objects.create(id=job_id, kind="ledger.export", params=params, created_at=now, updated_at=now, **who)
    return job_id


def _matter(department_id: int) -> str:
    """Number of an application that somebody unknown filed at a counter in another county."""
    load_items(CityFolder(TAIAN), apply=True, actor=LOADER, now=app_now())
    number = City().apply(SENIOR, City()["window"]).number
    Case.objects.filter(number=number).update(path=OTHER_COUNTY, department_id=department_id, reporter_id="0")
    Assignment.objects.filter(case__number=number).update(department_id=department_id, holder=None)
    return number


def _territory() -> None:
    parents: dict[str, Division] = {}
    square = MultiPolygon(Polygon.from_bbox((117.0, 36.0, 117.4, 36.4)))
    for path in (CITY, COUNTY, TOWN, NEAR, FAR):
        codes = path.strip("/").split("/")
        level = ("city", "county", "township", "village")[len(codes) - 1]
        parents[path] = Division.objects.create(
            code=codes[-1],
            level=level,
            name_zh="示意",
            name_en="Demo",
            path=path,
            parent=parents.get(f"/{'/'.join(codes[:-1])}/"),
            valid=ALWAYS,
            illustrative=True,
            outline=square if level == "county" else None,
        )
    scheme = Scheme.objects.create(code="service", name_zh="服务网格", name_en="Service grids")
    Scheme.objects.create(code="management", name_zh="单元网格", name_en="Unit grids")
    for path, worker in ((NEAR, "gridworker"), (FAR, "gw23")):
        code = f"{path.strip('/').rsplit('/', 1)[1]}S01"
        grid = Grid.objects.create(
            scheme=scheme,
            code=code,
            type="base",
            name_zh="示意",
            name_en="Grid",
            division=parents[path],
            path=f"{path}{code}/",
        )
        lon, lat = PLACES[path]
        boundary = Polygon.from_bbox((lon - 0.005, lat - 0.005, lon + 0.005, lat + 0.005))
        GridVersion.objects.create(grid=grid, scheme=scheme, number=1, boundary=boundary, area=1.0, valid=ALWAYS)
        Duty.objects.create(grid=grid, user=User.objects.get(username=worker), post="worker", valid=ALWAYS)
