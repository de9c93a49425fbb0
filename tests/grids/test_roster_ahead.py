"""The roster where a change of boundaries is still to come: what was planned follows, what cannot be is refused."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from grids import actions, queries
from grids.models import Duty, Grid
from grids.queries.drafts import draft_rows
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import app_now, shifted
from tests.accounts.world import department, hat, role
from tests.grids.test_blind_spots import AREA, crew, without_limits
from tests.grids.zoning_world import S04, S13, VILLAGE, across, actor_of, edit, hand_in, person_with, state

__all__ = ["crew", "without_limits"]
pytestmark = pytest.mark.django_db
Crew = tuple[User, User, User]


@pytest.fixture
def clerk(town: Path, crew: Crew) -> Actor:
    install_test_clock()
    return actor_of(person_with("registrar", "grids.edit"))


@pytest.fixture
def chief(town: Path) -> Actor:
    made = person_with("chief", "grids.publish")
    hat(made, role("chief2"), department("chief2", AREA))
    return actor_of(made)


@pytest.fixture
def day(clerk: Actor, chief: Actor) -> date:
    """In five days S13 is cut from S04."""
    draft = actions.begin_draft(village=VILLAGE, scheme="service", title="切分", actor=clerk)
    edit(draft, clerk, "split", grid=S04, line=across(state(draft, clerk), S04))
    hand_in(draft, clerk)
    begins = queries.today() + timedelta(days=5)
    version = state(draft, chief).version
    actions.publish_draft(draft_id=draft, version=version, effective_from=begins, actor=chief)
    return begins


def in_force() -> None:
    with shifted(timedelta(days=5)), transaction.atomic():
        assert actions.bring_into_force(now=app_now()) is False


def people(code: str, on: date) -> tuple[int | None, int | None]:
    return queries.grid_worker(Grid.objects.get(code=code).pk, on)


def test_a_transfer_planned_for_after_the_change_counts_for_the_grid_that_was_cut_off(
    day: date, clerk: Actor, crew: Crew
) -> None:
    wang, li, zhao = crew
    later = day + timedelta(days=3)
    actions.transfer_duties(user_id=wang.pk, to_id=zhao.pk, day=later, actor=clerk)
    in_force()
    for code in (S04, S13):
        assert people(code, day) == (wang.pk, li.pk)
        assert people(code, later) == (zhao.pk, li.pk)


def test_a_post_given_to_a_grid_that_is_still_to_come_counts_from_its_day(day: date, clerk: Actor, crew: Crew) -> None:
    wang, li, zhao = crew
    later = day + timedelta(days=3)
    actions.assign_duty(grid=S13, post="worker", user_id=zhao.pk, day=later, actor=clerk)
    in_force()
    assert people(S13, day - timedelta(days=1)) == (None, None)
    assert people(S13, day) == (wang.pk, li.pk)
    assert people(S13, later) == (zhao.pk, li.pk)


def test_the_deputy_of_the_origin_does_not_follow_where_he_was_given_the_other_post(
    day: date, clerk: Actor, crew: Crew
) -> None:
    li = crew[1]
    actions.assign_duty(grid=S13, post="worker", user_id=li.pk, day=day, actor=clerk)
    in_force()
    assert people(S13, day) == (li.pk, None)


def test_posts_given_ahead_end_with_the_change_that_is_withdrawn(
    day: date, clerk: Actor, chief: Actor, crew: Crew
) -> None:
    actions.assign_duty(grid=S13, post="worker", user_id=crew[2].pk, day=day, actor=clerk)
    draft = draft_rows(chief)[0].id
    version = state(draft, chief).version
    actions.withdraw_draft(draft_id=draft, version=version, reason="x", actor=chief)
    assert not Duty.objects.filter(grid__code=S13, valid__isempty=False).exists()


def test_a_post_lies_within_the_days_of_its_grid(day: date, clerk: Actor, crew: Crew) -> None:
    before = {"grid": S13, "post": "worker", "day": day - timedelta(days=1), "actor": clerk}
    with pytest.raises(ValidationError, match=f"Grid {S13} is not in force on that day"):
        actions.assign_duty(user_id=crew[2].pk, **before)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match=f"Grid {S13} begins on {day}"):
        actions.assign_duty(user_id=None, **before | {"day": day})  # type: ignore[arg-type]


def test_worker_and_deputy_stay_two_persons_when_one_of_them_is_planned(clerk: Actor, crew: Crew) -> None:
    wang, _li, zhao = crew
    today = queries.today()
    actions.assign_duty(grid=S04, post="deputy", user_id=zhao.pk, day=today + timedelta(days=3), actor=clerk)
    with pytest.raises(ValidationError, match="two persons"):
        actions.assign_duty(grid=S04, post="worker", user_id=zhao.pk, day=today, actor=clerk)
    with pytest.raises(ValidationError, match=f"Grid {S04}: this person is planned for its other post"):
        actions.transfer_duties(user_id=wang.pk, to_id=zhao.pk, day=today, actor=clerk)
    assert people(S04, today)[0] == wang.pk
