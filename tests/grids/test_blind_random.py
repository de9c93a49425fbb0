"""Whatever is split, merged, published, withdrawn, transferred or left: areas add up to the parent, and every grid has
a person or stands in the report.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from grids import actions, queries
from grids.models import Address, Duty, Grid
from grids.queries.blind_spots import blind_spots
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import app_now, shifted
from tests.accounts.world import department, hat, role
from tests.grids.test_blind_spots import AREA, crew, without_limits, worker
from tests.grids.zoning_world import VILLAGE, across, actor_of, edit, hand_in, person_with, state

__all__ = ["crew", "without_limits"]
pytestmark = pytest.mark.django_db
PATH = f"/3709/370902/370902900/{VILLAGE}/"
STEPS = ("split", "split", "merge", "withdraw", "transfer", "leave", "back", "vacate", "disable")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back; actions may own their transaction as in any test."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


class Town:
    """The village under random hands, on its own calendar."""

    def __init__(self, clerk: Actor, chief: Actor, chance: Random) -> None:
        self.clerk, self.chief, self.chance, self.days = clerk, chief, chance, 0

    def act(self, step: str) -> None:
        with shifted(timedelta(days=self.days)), suppress(ValidationError):
            getattr(self, step)()

    def _publish(self, operation: str) -> int:
        draft = actions.begin_draft(village=VILLAGE, scheme="service", title="x", actor=self.clerk)
        now = state(draft, self.clerk)
        one, two = self.chance.sample(sorted(now.parts), 2)
        try:
            if operation == "merge":
                edit(draft, self.clerk, "merge", grid=one, other=two)
            else:
                edit(draft, self.clerk, "split", grid=one, line=across(now, one))
            hand_in(draft, self.clerk)
        except ValidationError:
            actions.discard_draft(draft_id=draft, version=state(draft, self.clerk).version, actor=self.clerk)
            raise
        day = queries.today() + timedelta(days=1)
        version = state(draft, self.chief).version
        actions.publish_draft(draft_id=draft, version=version, effective_from=day, actor=self.chief)
        return draft

    def _next_day(self) -> None:
        self.days += 1
        with shifted(timedelta(days=self.days)), transaction.atomic():
            actions.bring_into_force(now=app_now())

    def split(self) -> None:
        self._publish("split")
        self._next_day()

    def merge(self) -> None:
        self._publish("merge")
        self._next_day()

    def withdraw(self) -> None:
        draft = self._publish("split")
        version = state(draft, self.chief).version
        actions.withdraw_draft(draft_id=draft, version=version, reason="x", actor=self.chief)

    def _people(self) -> list[User]:
        return list(User.objects.filter(memberships__role__code="grid_worker").order_by("pk").distinct())

    def transfer(self) -> None:
        one, two = self.chance.sample(self._people(), 2)
        actions.transfer_duties(user_id=one.pk, to_id=two.pk, day=queries.today(), actor=self.clerk)

    def leave(self) -> None:
        one, two = self.chance.sample(self._people(), 2)
        first = queries.today() + timedelta(days=self.chance.choice([0, 1]))
        substitute = two.pk if self.chance.random() < 0.5 else None
        actions.enter_absence(
            user_id=one.pk, first=first, last=first + timedelta(days=2), substitute_id=substitute, actor=self.clerk
        )

    def back(self) -> None:
        one = self.chance.choice(self._people())
        absence = queries.absence_of(one.pk, on=queries.today())
        if absence is not None:
            actions.end_absence(absence_id=absence.id, actor=self.clerk)

    def vacate(self) -> None:
        grid = self.chance.choice(list(Grid.objects.filter(path__startswith=PATH, scheme__code="service")))
        post, user = self.chance.choice(["worker", "deputy"]), self.chance.choice([None, *self._people()])
        actions.assign_duty(
            grid=grid.code, post=post, user_id=user.pk if user else None, day=queries.today(), actor=self.clerk
        )

    def disable(self) -> None:
        User.objects.filter(pk=self.chance.choice(self._people()).pk).update(is_active=self.chance.random() < 0.5)

    def hold(self) -> None:
        """Today and tomorrow, whatever is already planned for it."""
        for ahead in (0, 1):
            with shifted(timedelta(days=self.days + ahead)), transaction.atomic():
                while ahead and actions.bring_into_force(now=app_now()):
                    pass
                holds()


def holds() -> None:
    """The invariants, each by another way than the report's own."""
    on = queries.today()
    found = blind_spots(on=on, within=PATH)
    assert found.of("gap", "overlap", "outside", "crossing", "unshared") == []
    for row in found.figures:
        assert row.parts == pytest.approx(row.parent, abs=0.01)
        assert abs(row.rest) < 0.01
        assert row.houses == row.houses_placed
    codes = {line.code for line in found.roster.lines}
    located = set()
    for house in Address.objects.filter(kind="house", division__code=VILLAGE)[:12]:
        place = queries.locate(lon=house.point.x, lat=house.point.y, datum="wgs84", on=on)
        located.add(place.grids["service"].code)
    assert located <= codes
    named = {hole.codes[0] for hole in found.of("worker", "duty")}
    left = {code for hole in found.of("leave") for code in hole.codes}
    for line in found.roster.lines:
        acting = queries.member_on_duty(line.id, on=on)
        assert (acting[1] if acting else None) == line.post.acting
        posts = dict(Duty.objects.filter(grid=line.id, valid__contains=on).values_list("post", "user__is_active"))
        assert (posts.get("worker") is True) == (line.code not in {hole.codes[0] for hole in found.of("worker")})
        if acting is None:
            assert line.code in named
            assert line.code in left | {hole.codes[0] for hole in found.of("worker", "deputy")}
    assert found.duties == len(codes) * len(found.roster.kinds)
    assert found.duties_held + sum(hole.count for hole in found.of("duty")) == found.duties


@pytest.fixture
def people(town: Path, crew: tuple[User, User, User], monkeypatch: pytest.MonkeyPatch) -> tuple[Actor, Actor]:
    install_test_clock()
    # the check of the database decides; that geopandas agrees is shown in test_zoning_random
    monkeypatch.setattr("grids.gateways.second_check", lambda *_rings: [])
    worker("sun")
    clerk, chief = actor_of(person_with("registrar", "grids.edit")), person_with("chief", "grids.publish")
    hat(chief, role("chief2"), department("chief2", AREA))
    return clerk, actor_of(chief)


def run(people: tuple[Actor, Actor], seed: int, steps: list[str]) -> None:
    with undone():
        town = Town(*people, Random(seed))
        for step in steps:
            town.act(step)
        town.hold()


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SEQUENCES = st.lists(st.sampled_from(STEPS), min_size=2, max_size=7)


@settings(max_examples=4, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(seed=st.integers(0, 10**6), steps=SEQUENCES)
def test_figures_add_up_and_no_grid_is_silently_without_a_person(
    people: tuple[Actor, Actor], seed: int, steps: list[str]
) -> None:
    run(people, seed, steps)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(seed=st.integers(0, 10**6), steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=15))
def test_the_same_over_long_histories(people: tuple[Actor, Actor], seed: int, steps: list[str]) -> None:
    run(people, seed, steps)
