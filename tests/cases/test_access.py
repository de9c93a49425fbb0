"""`can` on rows and `visible_to` in SQL say the same, for any actor and any case."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from cases import access
from cases.models import Assignment, Case
from ledger.actors import ANONYMOUS, CLOCK, Actor, ActorKind
from ledger.clock import app_now
from ledger.ids import uuid7
from tests.cases import world
from tests.cases.world import COUNTY, VILLAGE, World, move, open_case, to_joint

RIGHTS = ("cases.read", "cases.file", "cases.handle", "cases.supervise", "cases.statistics", "people.contact")
PATHS = ("/3709/", COUNTY, VILLAGE, "/3709/370983/370983001/")
TERRITORIES = ("", *PATHS)


@pytest.fixture
def cases(town: World) -> list[Case]:
    """Cases of every source, place and stage, with open and closed steps in several departments."""
    person = Person.objects.create(id=uuid7(), created_at=app_now())
    reporters = (ANONYMOUS, town.actor("gina"), Actor(kind=ActorKind.CLIENT, id="7"), _resident("abc"))
    made = [open_case(who, path=path) for who, path in product(reporters, PATHS)]
    made.append(open_case(ANONYMOUS, person_id=person.pk))
    made.append(to_joint(town, open_case(ANONYMOUS), assist_ids=(town.id("office"),)))
    refused = open_case(ANONYMOUS)
    move(refused, "refuse", town.actor("ada"), note="no")
    held = open_case(ANONYMOUS)
    Assignment.objects.filter(case=held).update(holder=town.users["outsider"])
    return list(Case.objects.all())


def _resident(key: str) -> Actor:
    return Actor(kind=ActorKind.RESIDENT, id=key)


def members(town: World) -> st.SearchStrategy[Actor]:
    return st.builds(
        Actor,
        kind=st.just(ActorKind.MEMBER),
        id=st.sampled_from([str(user.pk) for user in town.users.values()]),
        department_id=st.sampled_from([None, *(d.pk for d in town.departments.values())]),
        role=st.sampled_from(["acceptor", "handler", ""]),
        rights=st.frozensets(st.sampled_from(RIGHTS)),
        territory=st.sampled_from(TERRITORIES),
    )


def others(town: World, cases: list[Case]) -> st.SearchStrategy[Actor]:
    numbers = [case.number for case in cases]
    people = [str(case.person_id) for case in cases if case.person_id]
    return st.builds(
        Actor,
        kind=st.sampled_from([kind for kind in ActorKind if kind is not ActorKind.MEMBER]),
        id=st.sampled_from(["", "7", "abc", *numbers[:3]]),
        rights=st.frozensets(st.sampled_from(RIGHTS)),
        territory=st.sampled_from(TERRITORIES),
    ) | st.sampled_from([_resident(key) for key in people])


def test_can_see_and_visible_to_agree_for_any_actor(town: World, cases: list[Case]) -> None:
    steps = {case.pk: list(Assignment.objects.filter(case=case)) for case in cases}

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(actor=members(town) | others(town, cases))
    def agree(actor: Actor) -> None:
        if actor.kind is ActorKind.RESIDENT and actor.id and not _is_uuid(actor.id):
            actor = replace(actor, id="")
        listed = set(access.visible_to(actor, Case.objects.all()).values_list("pk", flat=True))
        allowed = {case.pk for case in cases if access.can(actor, "case.see", case, steps[case.pk])}
        assert listed == allowed

    agree()


def _is_uuid(text: str) -> bool:
    return len(text) == 36


def test_nobody_sees_contact_or_writes_without_seeing(town: World, cases: list[Case]) -> None:
    steps = {case.pk: list(Assignment.objects.filter(case=case)) for case in cases}

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(actor=members(town) | others(town, cases), case=st.sampled_from(cases))
    def implied(actor: Actor, case: Case) -> None:
        for action in ("case.contact", "case.comment", "case.attach", "case.watch", "case.release"):
            if access.can(actor, action, case, steps[case.pk]):
                assert access.can(actor, "case.see", case, steps[case.pk])

    implied()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("gina", True),  # own report and same grid
        ("ada", True),  # same department, whole city
        ("chief", True),  # supervises the area
        ("hal", False),  # other department in the same county
        ("outsider", False),  # other county
    ],
)
def test_relations_decide_who_sees_a_new_case(town: World, who: str, sees: bool) -> None:
    case = open_case(town.actor("gina"))
    assert bool(access.can(town.actor(who), "case.see", case, case.assignments.all())) is sees


@pytest.mark.parametrize(
    ("who", "knows"), [("ada", True), ("chief", True), ("dan", False), ("hal", False), ("gina", False)]
)
def test_who_reported_is_known_only_to_those_who_must_know(town: World, who: str, knows: bool) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    assert bool(access.can(town.actor(who), "case.contact", case, case.assignments.all())) is knows


def test_machinery_and_strangers_list_nothing(town: World, cases: list[Case]) -> None:
    for actor in (ANONYMOUS, CLOCK, Actor(kind=ActorKind.RULE, id="1"), Actor(kind=ActorKind.DEVICE, id="")):
        assert not access.visible_to(actor, Case.objects.all()).exists()


def test_an_unknown_action_is_refused(town: World) -> None:
    case = open_case(ANONYMOUS)
    assert not access.can(town.actor("chief"), "case.burn", case)
    assert not access.can(town.actor("chief"), "case.move:burn", case)


def test_the_world_knows_every_relation(town: World) -> None:
    assert set(world.RIGHTS["handler"]).isdisjoint(access.WIDE)
