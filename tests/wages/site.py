"""A small building site: two labour bodies above one another, their people, a contractor, a project. Builders only."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.demo_identity import demo_credit_code
from accounts.models import Department, Membership, Organisation, Role, User
from cases.models import RoutingRule
from grids.models import Division
from ledger.actions import approve_edition, draft_edition, install_test_clock, publish_edition
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now, shifted
from ledger.ids import uuid7
from ledger.models import Edition
from wages.models import Project, SpecialAccount, WageRule

CITY, COUNTY = "/3709/", "/3709/370902/"
HERE = (117.175, 36.19)
ALWAYS = DateRange(date(2020, 1, 1), None)
RIGHTS = {
    "duty_chief": "cases.read cases.file cases.dispatch cases.supervise people.contact wages.read rules.approve",
    "labour_inspector": "cases.read cases.claim cases.coordinate cases.handle people.contact wages.read wages.manage",
    "handler": "cases.read cases.claim cases.handle people.contact",
    "drafter": "rules.draft",
}
DEPARTMENTS = {
    "jd": ("supervision", "city", CITY),
    "rs": ("labour", "county", COUNTY),
    "rs-city": ("labour", "city", CITY),
    "hw": ("sanitation", "county", COUNTY),
}
PEOPLE = {
    "chief": ("jd", "duty_chief", CITY),
    "drafter": ("jd", "drafter", CITY),
    "inspector": ("rs", "labour_inspector", COUNTY),
    "above": ("rs-city", "labour_inspector", CITY),
    "sweeper": ("hw", "handler", COUNTY),
}


@dataclass
class Site:
    departments: dict[str, Department] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]


def build() -> Site:
    """Bodies, people and divisions; no project yet."""
    install_test_clock()
    site = Site()
    for code, (function, level, territory) in DEPARTMENTS.items():
        site.departments[code] = Department.objects.create(
            code=code, name_zh=f"{code}（示意）", name_en=code, level=level, function=function, territory=territory
        )
    roles = {
        code: Role.objects.create(code=code, name_zh=code, name_en=code, rights=rights.split())
        for code, rights in RIGHTS.items()
    }
    for name, (department, role, territory) in PEOPLE.items():
        site.actors[name] = _person(site, name, department, roles[role], territory)
    parent: Division | None = None
    for path, level in ((CITY, "city"), (COUNTY, "county")):
        code = path.rstrip("/").rsplit("/", 1)[1]
        parent = Division.objects.create(
            code=code, level=level, name_zh=f"示意{level}", name_en=level, path=path, parent=parent, valid=ALWAYS,
            illustrative=True,
        )  # fmt: skip
    return site


def _person(site: Site, name: str, department: str, role: Role, territory: str) -> Actor:
    user = User.objects.create(username=name, display_name=f"{name}示例")
    hat = Membership.objects.create(
        user=user, department=site.departments[department], role=role, territory=territory, valid=ALWAYS
    )
    return Actor(
        kind=ActorKind.MEMBER, id=str(user.pk), department_id=site.departments[department].pk, membership_id=hat.pk,
        role=role.code, rights=frozenset(role.rights), territory=territory, label=name,
    )  # fmt: skip


def firm(name: str) -> Organisation:
    code = demo_credit_code(random.Random(name))
    return Organisation.objects.create(id=uuid7(), name=name, credit_code=code, created_at=app_now())


def project(code: str = "W001", *, contractor: Organisation | None = None, **more: Any) -> Project:
    """A project in the county with an open special account, paid on the 20th."""
    facts: dict[str, Any] = {
        "name_zh": f"示例工程{code}", "name_en": f"Sample site {code}", "industry": "building", "path": COUNTY,
        "point": Point(*HERE, srid=4326), "address": "示例路 1 号", "contract_price": 286_000_000,
        "signed_on": date(2025, 11, 1), "ends_on": date(2027, 8, 31), "pay_day": 20, "officer_phone": "0538-0000055",
    }  # fmt: skip
    facts.update(more)
    made = Project.objects.create(
        code=code, owner=firm(f"示例置业{code}"), contractor=contractor or firm(f"示例建工{code}"), **facts
    )
    SpecialAccount.objects.create(
        project=made, name=f"{made.contractor.name}农民工工资专用账户", bank="示例银行", tail="0001",
        opened_on=date(2025, 11, 20),
    )  # fmt: skip
    return made


@contextmanager
def on(day: date, hour: int = 2) -> Iterator[datetime]:
    """The clock on a day, by default at ten o'clock in the city."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=app_now().tzinfo)
    with shifted(moment - app_now() + timedelta(seconds=1)):
        yield app_now()


WAGE_RULES = {
    "no_payroll": {"level": "red", "months": 2, "clause_zh": "条例第三十一条", "clause_en": "Regulation, Art. 31"},
    "paid_share": {"level": "yellow", "days": 0, "clause_zh": "条例第十三条", "clause_en": "Regulation, Art. 13"},
}


def publish_rules(site: Site, **changes: dict[str, Any]) -> Edition:
    """The two rules on wages in force from long ago, and routing to the county's inspectorate."""
    with on(date(2026, 1, 5)):
        edition = _publish("wage-rules", site)
        WageRule.objects.bulk_create(
            WageRule(edition=edition, code=code, **{**values, **changes.get(code, {})})
            for code, values in WAGE_RULES.items()
        )
        routing = _publish("routing", site)
        for priority, kind in enumerate(("wage_warning", "wage_claim"), 10):
            RoutingRule.objects.create(
                edition=routing, code=f"R-{kind}", kind=kind, step_key="handle", path=COUNTY, priority=priority,
                department=site.departments["rs"], needs_role="labour_inspector", automatic=True,
                owner_id=int(site["chief"].id), reason_zh="属地劳动监察", reason_en="Labour inspectorate of the area",
            )  # fmt: skip
    return edition


def _publish(kind: str, site: Site) -> Edition:
    now = app_now()
    edition = draft_edition(kind=kind, title="示例", actor=site["drafter"], now=now)
    approve_edition(edition_id=edition.pk, actor=site["chief"], now=now)
    return publish_edition(edition_id=edition.pk, effective_from=now, actor=site["chief"], now=now)
