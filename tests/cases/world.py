"""A named town: four bodies, eight people, one outsider. Builders only; no test looks inside."""

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Department, Membership, Role, User
from cases import engine
from cases.models import Assignment, Case
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from tests.cases.made_up import SLUG

COUNTY = "/3709/370902/"
VILLAGE = "/3709/370902/370902900/370902900001/"
RIGHTS = {
    "acceptor": ["cases.read", "cases.file", "people.contact", "cases.release"],
    "duty_chief": ["cases.read", "cases.file", "cases.dispatch", "cases.supervise", "people.contact"],
    "dispatcher": ["cases.read", "cases.dispatch"],
    "coordinator": ["cases.read", "cases.coordinate", "cases.handle"],
    "handler": ["cases.read", "cases.handle"],
    "grid_worker": ["cases.read", "cases.check", "cases.verify", "field.use"],
    "evaluator": ["cases.statistics"],
}
PEOPLE = (
    # name, department, role, territory
    ("ada", "centre", "acceptor", "/3709/"),
    ("bo", "centre", "acceptor", "/3709/"),
    ("chief", "centre", "duty_chief", "/3709/"),
    ("dan", "centre", "dispatcher", "/3709/"),
    ("cora", "works", "coordinator", COUNTY),
    ("hal", "works", "handler", COUNTY),
    ("olga", "office", "handler", COUNTY),
    ("lars", "lab", "handler", COUNTY),
    ("gina", "town", "grid_worker", VILLAGE),
    ("outsider", "far", "handler", "/3709/370983/"),
)
DEPARTMENTS = {
    "centre": ("/3709/", "city"),
    "works": (COUNTY, "county"),
    "office": (COUNTY, "county"),
    "lab": (COUNTY, "county"),
    "town": ("/3709/370902/370902900/", "township"),
    "far": ("/3709/370983/", "county"),
}
_keys = itertools.count(1)


@dataclass
class World:
    departments: dict[str, Department] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return self.actors[name]

    def id(self, department: str) -> int:
        return self.departments[department].pk


def build() -> World:
    world = World()
    for code, (territory, level) in DEPARTMENTS.items():
        world.departments[code] = Department.objects.create(
            code=code, name_zh=f"单位{code}", name_en=f"Dept {code}", level=level, function=code, territory=territory
        )
    roles = {
        code: Role.objects.create(code=code, name_zh=code, name_en=code, rights=rights)
        for code, rights in RIGHTS.items()
    }
    for name, department, role, territory in PEOPLE:
        user = User.objects.create(username=name, display_name=name)
        world.users[name] = user
        hat = Membership.objects.create(
            user=user,
            department=world.departments[department],
            role=roles[role],
            territory=territory,
            valid=DateRange(date(2020, 1, 1), None),
        )
        world.actors[name] = Actor(
            kind=ActorKind.MEMBER,
            id=str(user.pk),
            department_id=world.id(department),
            membership_id=hat.pk,
            role=role,
            rights=frozenset(RIGHTS[role]),
            territory=territory,
            label=name,
        )
    return world


def open_case(actor: Actor, *, now: datetime | None = None, route: bool = False, **more: Any) -> Case:
    """A case of the made-up kind, opened in a transaction of its own."""
    key = more.pop("submission_key", f"key-{next(_keys)}")
    options = {name: more.pop(name) for name in ("parent_id", "closing_rule", "photos") if name in more}
    body = more.pop("body", {})
    facts = {"category": "inspection/01/0101", "source": "public", "path": VILLAGE, "title": "A matter", **more}
    with transaction.atomic():
        return engine.open_case(
            engine.NewCase(kind=SLUG, **facts),
            actor=actor,
            now=now or app_now(),
            submission_key=key,
            submission_hash=engine.submission_hash(body),
            route=route,
            **options,
        ).case


def move(case: Case, transition: str, actor: Actor, **more: Any) -> engine.Applied:
    """One transition with the version the mover would see on a fresh page."""
    table_scope = more.pop("scope", "case")
    version = Case.objects.get(pk=case.pk).version
    if table_scope == "assignment":
        version = Assignment.objects.get(pk=more["assignment_id"]).version
    with transaction.atomic():
        return engine.apply(
            case_id=case.pk,
            transition=transition,
            actor=actor,
            now=more.pop("now", None) or app_now(),
            expected_version=more.pop("expected_version", version),
            **more,
        )


def step(case: Case, key: str, role: str | None = None) -> Assignment:
    """The open assignment of a step."""
    found = Assignment.objects.filter(case=case, step_key=key, open=True)
    return found.get(role=role) if role else found.get()


def to_joint(world: World, case: Case, **more: Any) -> Case:
    """Bring a new case to the joint step at the works department."""
    move(case, "begin", world.actor("ada"))
    site, paper = step(case, "site"), step(case, "paper")
    move(case, "site_done", world.actor("hal"), scope="assignment", assignment_id=site.pk,
         data={"result": {"safe": True, "remark": "fine"}})  # fmt: skip
    move(case, "paper_done", world.actor("olga"), scope="assignment", assignment_id=paper.pk)
    move(case, "send", world.actor("dan"), department_id=world.id("works"), **more)
    case.refresh_from_db()
    return case
