"""`can` and `visible_to` say the same; declared rules admit whom they name."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model

from accounts.access import AccessRule, Gate, can, rule_of, visible_to
from accounts.actions import notify
from accounts.models import ApiClient, Department, Membership, Notice, User
from ledger.actors import ANONYMOUS, CLOCK, Actor, ActorKind
from ledger.clock import app_now
from tests.accounts.world import (
    CITY,
    COUNTY,
    OTHER_COUNTY,
    City,
    acting,
    api_client,
    department,
    hat,
    resident,
    role,
    user,
)

PLACES = (CITY, COUNTY, OTHER_COUNTY, "/99/990", "/98/")
RIGHTS = ("accounts.manage", "accounts.memberships", "cases.read", "audit.read")


@pytest.fixture
def crowd(town: City) -> list[Actor]:
    """Forty people with random hats, residents, clients, notices; and an actor for each."""
    source = random.Random(7)
    offices = [department(f"d{number}", source.choice(PLACES[:3])) for number in range(6)]
    people = [user() for _ in range(30)]
    for number, who in enumerate(people):
        for _ in range(source.randint(0, 2)):
            rights = source.sample(RIGHTS, source.randint(0, 2))
            office = source.choice(offices)
            end = app_now().date() - timedelta(days=9) if source.random() < 0.2 else None
            hat(who, role(f"r{number}-{source.random()}", *rights), office, end=end)
    residents = [resident(f"161000008{number:02d}") for number in range(5)]
    for number, office in enumerate(offices):
        api_client(office, "reports.write", token=f"gp_{number}")
    for number, who in enumerate([*people[:9], *residents]):
        whom: dict[str, Any] = {"person_id": who.person_id} if who.person_id else {"user_ids": [who.pk]}
        notify(kind="case.arrived", key=f"n{number}", now=app_now(), **whom)
    machines = [Actor(kind=ActorKind.CLIENT, id="1", rights=frozenset(RIGHTS), territory=CITY, department_id=1)]
    return [acting(who) for who in [*people, *residents, town.system, town.security]] + machines + [ANONYMOUS, CLOCK]


@pytest.mark.parametrize(
    ("model", "action"),
    [
        (User, "user.see"),
        (Department, "department.see"),
        (Membership, "membership.see"),
        (ApiClient, "client.see"),
        (Notice, "notice.see"),
    ],
)
def test_can_and_visible_to_agree(crowd: list[Actor], model: type[Model], action: str) -> None:
    rows = list(model._default_manager.all())
    assert rows
    pairs = 0
    for actor in crowd:
        seen = set(visible_to(actor, model._default_manager.all()).values_list("pk", flat=True))
        for row in rows:
            pairs += 1
            assert bool(can(actor, action, row)) == (row.pk in seen), (actor, row)
    assert pairs >= 200


def test_administrators_see_no_resident(town: City) -> None:
    someone = resident()
    assert not can(acting(town.system), "user.see", someone)
    assert not can(acting(town.security), "user.see", someone)


def test_an_administrator_of_one_county_does_not_touch_the_other(town: City) -> None:
    local = user()
    hat(local, role("county_admin", "accounts.manage"), department("county-office", COUNTY, "county"))
    there = user()
    hat(there, role("handler", "cases.handle"), department("other-office", OTHER_COUNTY, "county"))
    assert not can(acting(local), "user.disable", there)
    assert not can(acting(local), "department.edit", department("other-office"))
    assert can(acting(local), "department.edit", department("county-office"))


def test_nobody_disables_himself(town: City) -> None:
    assert can(acting(town.system), "user.disable", town.system).reason == "self"


def test_a_client_passes_no_gate_of_people_and_people_pass_no_gate_of_clients(town: City) -> None:
    machine = Actor(
        kind=ActorKind.CLIENT, id="1", rights=frozenset({"reports.write", "accounts.manage"}), territory=CITY
    )
    for rule in (AccessRule(Gate.SIGNED_IN), AccessRule(Gate.MEMBER), AccessRule(Gate.RIGHT, ("accounts.manage",))):
        assert not rule.admits(machine)
    assert AccessRule(Gate.CLIENT, ("reports.write",)).admits(machine)
    assert not AccessRule(Gate.CLIENT, ("accounts.manage",)).admits(acting(town.system))


def test_the_admins_own_sign_in_is_closed() -> None:
    def view() -> None:
        """Stands for a third party's view."""

    for name in ("admin:login", "admin:logout", "admin:password_change", "account_signup", "account_reset_password"):
        rule = rule_of(view, name)
        assert rule is not None
        assert rule.gate is Gate.CLOSED, name
    assert rule_of(view, "somebody_elses") is None
