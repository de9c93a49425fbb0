"""The village as a state machine: whatever its clerks, chiefs and workers do, what has to hold is looked at after every
step, each by another way than the platform's own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.models import User
from cases.actions import hand_over_work
from cases.actions.following import regrid_step
from cases.models import Assignment, Case
from cases.queries import case_file
from events.actions import Incident, report_incident
from grids import actions, queries
from grids.models import Absence, Address, BoundaryDraft, Division, Duty, DutyKind, Grid, GridVersion, KindDuty
from grids.queries.blind_spots import Report, blind_spots
from grids.queries.boundaries import ring_from
from grids.rules.coverage import twice_area
from ledger.actions import JobView
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now, shifted
from ledger.models import Job, Promise
from tests.accounts.world import LONG_AGO
from tests.grids.village_edits import EDITS
from tests.grids.zoning_world import VILLAGE, hand_in, state

PATH = f"/3709/370902/370902900/{VILLAGE}/"
AHEAD = (0, 1, 2, 7)  # days from today that are looked at
SEED = st.integers(min_value=0, max_value=10**6)
Stage = BoundaryDraft.Stage


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back; actions may own their transaction as in any test."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


class Village(RuleBasedStateMachine):
    """One village on its own calendar. What is refused with a message is refused; everything else has to hold."""

    def __init__(self, clerk: Actor, chief: Actor, reader: Actor) -> None:
        super().__init__()
        self.clerk, self.chief, self.reader, self.days = clerk, chief, reader, 0
        self.codes: dict[str, int] = {}  # every code there ever was → id of its grid
        self.retired: set[str] = set()
        self.cases: list[int] = []
        self._block = undone()
        self._block.__enter__()
        self.outline = ring_from(Division.objects.get(code=VILLAGE).outline)
        self.places = self._places()

    def teardown(self) -> None:
        self._block.__exit__(None, None, None)

    def _places(self) -> list[tuple[float, float]]:
        """Houses, and places anywhere in the village."""
        outline, chance = Division.objects.get(code=VILLAGE).outline, Random(7)
        west, south, east, north = outline.extent
        houses = [(row.point.x, row.point.y) for row in Address.objects.filter(division__code=VILLAGE)[:6]]
        found: list[tuple[float, float]] = []
        while len(found) < 14:
            x, y = round(chance.uniform(west, east), 8), round(chance.uniform(south, north), 8)
            if outline.contains(Point(x, y, srid=4326)):
                found.append((x, y))
        return houses + found

    # drawing

    def _drafts(self, stage: str) -> list[int]:
        return list(BoundaryDraft.objects.filter(stage=stage).order_by("pk").values_list("pk", flat=True))

    def _today(self, do: Callable[[], Any]) -> None:
        """On the day of this village; a refusal with a message is an answer."""
        with shifted(timedelta(days=self.days)), suppress(ValidationError):
            do()

    def _one(self, stage: str, chance: Random) -> int | None:
        found = self._drafts(stage)
        return chance.choice(found) if found else None

    @initialize()
    def begin(self) -> None:
        self._today(self._begin)

    def _begin(self) -> int:
        return actions.begin_draft(village=VILLAGE, scheme="service", title="x", actor=self.clerk)

    @rule(seed=SEED, what=st.sampled_from(("split", "split", "merge", "move", "border", "end", "rename", "draw")))
    def draw(self, seed: int, what: str) -> None:
        """An edit of a draft that is being drawn, or of a new one."""
        chance = Random(seed)

        def do() -> None:
            draft = self._one(Stage.DRAWING, chance) or self._begin()
            EDITS[what](draft, self.clerk, state(draft, self.clerk), chance)
            new = {code for kind, code in state(draft, self.clerk).changes() if kind == "new"}
            assert new.isdisjoint(self.codes), "a code that was given already"

        self._today(do)

    @precondition(lambda self: self._drafts(Stage.DRAWING))
    @rule(seed=SEED, forward=st.booleans())
    def undo(self, seed: int, forward: bool) -> None:
        def do() -> None:
            draft = self._one(Stage.DRAWING, Random(seed))
            if draft is not None:
                version = state(draft, self.clerk).version
                actions.step_draft(draft_id=draft, version=version, forward=forward, actor=self.clerk)

        self._today(do)

    @precondition(lambda self: self._drafts(Stage.DRAWING) and self._drafts(Stage.PUBLISHED))
    @rule(seed=SEED)
    def lay_on_what_is_new(self, seed: int) -> None:
        def do() -> None:
            chance = Random(seed)
            draft = self._one(Stage.DRAWING, chance)
            if draft is not None:
                choices = {code: chance.choice(["mine", "theirs"]) for code in self.codes}
                version = state(draft, self.clerk).version
                actions.rebase_draft(draft_id=draft, version=version, choices=choices, actor=self.clerk)

        self._today(do)

    # publication

    @rule(seed=SEED, what=st.sampled_from(("split", "split", "merge", "border", "end")), ahead=st.sampled_from((1, 3)))
    def change(self, seed: int, what: str, ahead: int) -> None:
        """Drawn, handed in and published without a stop."""

        def do() -> None:
            draft, chance = self._begin(), Random(seed)
            EDITS[what](draft, self.clerk, state(draft, self.clerk), chance)
            self._publish(draft, ahead)

        self._today(do)

    @precondition(lambda self: self._drafts(Stage.DRAWING) or self._drafts(Stage.SUBMITTED))
    @rule(seed=SEED, ahead=st.sampled_from((0, 1, 1, 2, 5)))
    def publish(self, seed: int, ahead: int) -> None:
        """Handed in and published; on a day that has begun it is refused."""

        def do() -> None:
            draft = self._one(Stage.SUBMITTED, Random(seed)) or self._one(Stage.DRAWING, Random(seed))
            if draft is not None:
                self._publish(draft, ahead)

        self._today(do)

    def _publish(self, draft: int, ahead: int) -> None:
        if state(draft, self.clerk).row.stage == Stage.DRAWING:
            hand_in(draft, self.clerk)
        day, version = queries.today() + timedelta(days=ahead), state(draft, self.chief).version
        if ahead:
            actions.publish_draft(draft_id=draft, version=version, effective_from=day, actor=self.chief)
        else:
            with pytest.raises(ValidationError):
                actions.publish_draft(draft_id=draft, version=version, effective_from=day, actor=self.chief)

    @precondition(lambda self: self._drafts(Stage.PUBLISHED))
    @rule(seed=SEED)
    def withdraw(self, seed: int) -> None:
        def do() -> None:
            draft = self._one(Stage.PUBLISHED, Random(seed))
            if draft is not None:
                version = state(draft, self.chief).version
                actions.withdraw_draft(draft_id=draft, version=version, reason="x", actor=self.chief)

        self._today(do)

    @rule(days=st.sampled_from((1, 1, 2, 4)))
    def time_passes(self, days: int) -> None:
        """Changes come into force on their day, or late if the clock stood still; cases follow in their own time."""
        self.days += days
        with shifted(timedelta(days=self.days)), transaction.atomic():
            while actions.bring_into_force(now=app_now()):
                pass

    # people

    def _person(self, chance: Random) -> User:
        found = User.objects.filter(memberships__role__code="grid_worker").order_by("pk").distinct()
        return chance.choice(list(found))

    def _grid(self, chance: Random) -> str:
        """Any grid there ever was, in force, to come or over; the youngest as often as all others."""
        found = list(Grid.objects.filter(division__code=VILLAGE, scheme__code="service").order_by("pk"))
        return chance.choice([found[-1], chance.choice(found)]).code

    @rule(
        seed=SEED, ahead=st.sampled_from((0, 0, 1, 3)), kind=st.sampled_from(("", "", "safety")), vacant=st.booleans()
    )
    def assign(self, seed: int, ahead: int, kind: str, vacant: bool) -> None:
        def do() -> None:
            chance = Random(seed)
            user_id = None if vacant else self._person(chance).pk
            day, post = queries.today() + timedelta(days=ahead), chance.choice(["worker", "deputy"])
            given = {"grid": self._grid(chance), "post": post, "kind": kind, "user_id": user_id, "day": day}
            actions.assign_duty(**given, actor=self.clerk)

        self._today(do)

    @rule(seed=SEED, ahead=st.sampled_from((0, 1, 3)))
    def transfer(self, seed: int, ahead: int) -> None:
        def do() -> None:
            chance, day = Random(seed), queries.today() + timedelta(days=ahead)
            one, two = self._person(chance).pk, self._person(chance).pk
            actions.transfer_duties(user_id=one, to_id=two, day=day, actor=self.clerk)

        self._today(do)

    @rule(seed=SEED, ahead=st.sampled_from((0, 1)), substitute=st.booleans())
    def leave(self, seed: int, ahead: int, substitute: bool) -> None:
        def do() -> None:
            chance, first = Random(seed), queries.today() + timedelta(days=ahead)
            one, two = self._person(chance).pk, self._person(chance).pk
            days = {"first": first, "last": first + timedelta(days=chance.randrange(4))}
            actions.enter_absence(user_id=one, substitute_id=two if substitute else None, actor=self.clerk, **days)

        self._today(do)

    @precondition(lambda self: Absence.objects.filter(valid__isempty=False).exists())
    @rule(seed=SEED)
    def back(self, seed: int) -> None:
        """Back from today, or somebody stands in from today."""

        def do() -> None:
            chance = Random(seed)
            absence = queries.absence_of(self._person(chance).pk, on=queries.today())
            if absence is not None and chance.random() < 0.5:
                actions.end_absence(absence_id=absence.id, actor=self.clerk)
            elif absence is not None:
                given = self._person(chance).pk
                actions.give_substitute(absence_id=absence.id, substitute_id=given, actor=self.clerk)

        self._today(do)

    # work

    @rule(seed=SEED)
    def report_case(self, seed: int) -> None:
        def do() -> None:
            lon, lat = Random(seed).choice(self.places)
            what = Incident(category="part/01/0101", lon=lon, lat=lat)
            key = f"village-{len(self.cases)}"
            receipt = report_incident(actor=ANONYMOUS, incident=what, source="public", submission_key=key)
            self.cases.append(receipt.case_id)
            case = Case.objects.get(pk=receipt.case_id)
            acting = queries.member_on_duty(case.grid_id or 0, on=queries.today())
            if acting is not None:  # a step of the worker's own station
                held = {"department_id": acting[0], "holder_id": acting[1], "claimed_at": app_now()}
                Assignment.objects.filter(case=case, open=True).update(**held)

        self._today(do)

    @rule()
    def cases_follow(self) -> None:
        """The jobs that changes of boundaries began; afterwards no case is on its way."""
        with shifted(timedelta(days=self.days)):
            for job in Job.objects.filter(kind="cases.regrid").order_by("pk"):
                regrid_step(JobView(job.pk, job.kind, job.params, 0, {}, 0, 0), 50)
            for number, here, there in self._where_cases_lie():
                assert here == there, number

    @rule()
    def work_is_handed_over(self) -> None:
        """Promises of today and before; who is away with a substitute who is there keeps no step."""
        with shifted(timedelta(days=self.days)), transaction.atomic():
            due = Promise.objects.filter(kind="cases.hand_over_work", not_before__lte=app_now()).order_by("pk")
            for row in due:
                hand_over_work(row.payload, promise_id=row.pk, now=app_now())
            for step in Assignment.objects.filter(open=True, case__in=self.cases).exclude(holder=None):
                absence = queries.absence_of(step.holder_id or 0, on=queries.today())
                assert absence is None, f"{step.pk} waits for somebody who is away"

    # what has to hold

    @invariant()
    def holds(self) -> None:
        with shifted(timedelta(days=self.days)):
            today = queries.today()
            self._codes_are_used_once(today)
            for ahead in AHEAD:
                day = today + timedelta(days=ahead)
                self._every_place_is_in_one_grid(day)
                holds_on(day)
            self._cases_are_in_force_or_on_their_way()
            posts_lie_within_their_grids()

    def _every_place_is_in_one_grid(self, day: date) -> None:
        rows = GridVersion.objects.filter(grid__path__startswith=PATH, scheme__code="service", valid__contains=day)
        shapes = {version.grid.code: version.boundary for version in rows.select_related("grid")}
        # in units of the lattice, where a sum is a sum
        assert sum(twice_area(ring_from(shape)) for shape in shapes.values()) == twice_area(self.outline)
        for lon, lat in self.places:
            point = Point(lon, lat, srid=4326)
            here = sorted(code for code, shape in shapes.items() if shape.covers(point))
            inside = [code for code in here if shapes[code].contains(point)]
            assert len(here) == 1 or (here and not inside), (lon, lat, here)  # or on a shared line
            found = queries.locate(lon=lon, lat=lat, datum="wgs84", on=day)
            assert found.grids["service"].code == here[0]

    def _codes_are_used_once(self, today: date) -> None:
        rows = dict(Grid.objects.filter(division__code=VILLAGE).values_list("code", "pk"))
        assert self.codes.items() <= rows.items()
        self.codes = rows
        retired = set(
            Grid.objects.filter(division__code=VILLAGE, retired_at__isnull=False).values_list("code", flat=True)
        )
        assert self.retired <= retired
        self.retired = retired
        going_on = GridVersion.objects.filter(grid__code__in=retired, valid__endswith__gt=today)
        going_on |= GridVersion.objects.filter(grid__code__in=retired, valid__upper_inf=True, valid__isempty=False)
        assert not going_on.exists()

    def _where_cases_lie(self) -> list[tuple[str, str, str]]:
        """(number, grid of the case, grid at its point today) of every open case."""
        found = []
        for case in Case.objects.filter(pk__in=self.cases, closed=False).select_related("grid"):
            assert case.point is not None
            place = queries.locate(lon=case.point.x, lat=case.point.y, datum="wgs84", on=None)
            found.append((case.number, case.grid.code if case.grid else "", place.grids["service"].code))
        return found

    def _cases_are_in_force_or_on_their_way(self) -> None:
        rows = self._where_cases_lie()
        away = [row for row in rows if row[1] != row[2]]
        assert blind_spots(on=queries.today(), within=PATH).moving == len(away)
        for number, here, there in away:
            page = case_file(self.reader, number, app_now())
            assert page is not None
            assert (page.grid_code, page.moving_to) == (here, there)


def holds_on(day: date) -> None:
    """The report of a day: its figures reconcile, and it names exactly the holes there are among people."""
    found = blind_spots(on=day, within=PATH)
    assert found.of("gap", "overlap", "outside", "crossing", "unshared", "unmeasured") == []
    for row in found.figures:
        assert row.parts == pytest.approx(row.parent, abs=0.01)
        assert abs(row.rest) < 0.01
        assert row.houses == row.houses_placed
        assert row.households == row.households_placed
    in_force = GridVersion.objects.filter(grid__path__startswith=PATH, scheme__code="service", valid__contains=day)
    codes = set(in_force.values_list("grid__code", flat=True))
    assert {line.code for line in found.roster.lines} == codes
    asked = [len(line.duties) for line in found.roster.lines]
    assert found.duties == sum(asked) == len(codes) * DutyKind.objects.filter(valid__contains=day).count()
    assert found.duties_held + sum(hole.count for hole in found.of("duty")) == found.duties
    _people_hold(found, day)


def _people_hold(found: Report, day: date) -> None:
    named = {kind: {hole.codes[0] for hole in found.of(kind)} for kind in ("worker", "deputy")}
    empty = {(hole.codes[0], code) for hole in found.of("duty") for code in hole.codes[1:]}
    for line in found.roster.lines:
        acting = queries.member_on_duty(line.id, on=day)
        assert (acting[1] if acting else None) == line.post.acting
        posts = dict(Duty.objects.filter(grid=line.id, valid__contains=day).values_list("post", "user_id"))
        assert {kind for kind in ("worker", "deputy") if line.code not in named[kind]} == set(posts)
        assert len(set(posts.values())) == len(posts), "worker and deputy are one person"
        own = KindDuty.objects.filter(grid=line.id, valid__contains=day)
        special = set(own.values_list("kind__code", flat=True))
        assert special == line.special
        for kind in set(line.duties) - special:
            assert (acting is None) == ((line.code, kind) in empty)
    away = {hole.user: set(hole.codes) for hole in found.of("leave")}
    for absence in found.roster.absences:
        mine = set(Duty.objects.filter(user=absence.user, valid__contains=day).values_list("grid__code", flat=True))
        there = absence.substitute is not None and queries.absence_of(absence.substitute, on=day) is None
        assert there or mine & {line.code for line in found.roster.lines} <= away[absence.user]


def posts_lie_within_their_grids() -> None:
    """Nobody has a post, or reads of one in his calendar, on a day on which its grid is not in force."""
    for model in (Duty, KindDuty):
        for row in model.objects.filter(grid__path__startswith=PATH, valid__isempty=False).select_related("grid"):
            periods = list(row.grid.versions.filter(valid__isempty=False).values_list("valid", flat=True))
            assert periods, row.grid.code
            first, ends = min(period.lower for period in periods), [period.upper for period in periods]
            assert row.valid.lower >= first or row.valid.lower == LONG_AGO, (row.grid.code, row.valid, periods)
            if None not in ends and max(ends) <= queries.today():
                assert row.valid.upper is not None and row.valid.upper <= max(ends), (row.grid.code, row.valid, ends)
