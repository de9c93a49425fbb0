"""P15: whatever people of every role try, in any order, on cases of every kind, the invariants hold.

A hypothesis state machine opens cases of all kinds and lets people and machines do what is permitted and what
is not: with old versions, from other departments, in wrong states. After every step it asks I1 to I4 and I8, gapless
histories, versions that only grow, steps that are not lost, clocks that run forwards; a refusal has written nothing.
"""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cases import access, actions, engine, kinds
from cases.access import Bearer
from cases.models import Assignment, Case, Clock, HistoryEntry
from cases.queries import invariant_i1, invariant_i2, invariant_i3, invariant_i4, invariant_i8
from cases.workflow import Transition
from ledger.actions import redeem
from ledger.actors import CLOCK, Actor, ActorKind
from ledger.clock import app_now
from ledger.models import Promise
from ledger.queries import invariant_audit
from tests.cases import made_up
from tests.cases.random_city import RandomCity, build, open_case
from tests.faults import page

REFUSED = (engine.CaseMoved, PermissionDenied, Http404, ValidationError)
ANY = st.integers(0, 2**32)  # seed of everything one step chooses: small numbers would always choose the first
RULE = Actor(kind=ActorKind.RULE, id="")
VALUES = {"text": "x", "number": 1, "date": "2026-12-01", "bool": True}
counted = {"sequences": 0, "moves": 0, "refusals": 0, "kinds": set[str]()}


def nested() -> transaction.Atomic:
    """A savepoint in which durable actions may run, as they may in a test."""
    made = transaction.atomic()
    made._from_testcase = True  # type: ignore[attr-defined]
    return made


@contextlib.contextmanager
def taken_back() -> Iterator[None]:
    """A transaction that ends with nothing kept."""
    with nested():
        yield
        transaction.set_rollback(True)


def result_of(case: Case, transition: Transition) -> dict[str, Any]:
    """A typed result that fits any step the move may be made on."""
    table, found = kinds.workflow(case.kind), {}
    for key in transition.step:
        for name, kind in table.step(key).result.items():
            choices = kind.removeprefix("choice:").split("|")
            found[name] = choices[0] if kind.startswith("choice:") else VALUES[kind]
    return found


class Moves(RuleBasedStateMachine):
    city: RandomCity

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(taken_back())
        self.cases: list[int] = []
        self.seen: dict[int, tuple[int, int]] = {}

    def teardown(self) -> None:
        try:
            assert invariant_audit() == []
        finally:
            self.stack.close()
        counted["sequences"] += 1

    # what happens

    @initialize(seed=ANY)
    def begin(self, seed: int) -> None:
        """One case of every kind."""
        for number, kind in enumerate(sorted(kind.slug for kind in kinds.all_kinds())):
            self.cases.append(open_case(kind, seed + number).pk)
            counted["kinds"].add(kind)

    @rule(seed=ANY)
    def permitted_moves(self, seed: int) -> None:
        """People who may make moves that are there, some after each other."""
        chance = Random(seed)
        for _ in range(6):
            case = self._case(chance.randrange(99))
            steps = list(Assignment.objects.filter(case=case))
            pairs = [
                (transition, actor)
                for transition in kinds.workflow(case.kind).from_state(case.state)
                for actor in chance.sample(self._actors(case), 40)
                if access.may_move(actor, transition, case, steps)
            ]
            if pairs:
                self._try(case, *chance.choice(pairs), stale=False)

    @rule(seed=ANY, stale=st.booleans())
    def any_move(self, seed: int, stale: bool) -> None:
        """Anybody tries anything, perhaps with an old page in hand."""
        chance = Random(seed)
        case = self._case(chance.randrange(99))
        transition = chance.choice(kinds.workflow(case.kind).transitions)
        self._try(case, transition, chance.choice(self._actors(case)), stale=stale)

    @rule(seed=ANY, stale=st.booleans())
    def claim(self, seed: int, stale: bool) -> None:
        chance = Random(seed)
        case = self._case(chance.randrange(99))
        step = Assignment.objects.filter(case=case, open=True).order_by("pk").first()
        if step is not None:
            self._attempt(
                case,
                lambda: actions.claim(
                    assignment_id=step.pk,
                    actor=self._member(chance, step.department_id),
                    expected_version=step.version - 1 if stale else step.version,
                ),
            )

    @rule(seed=ANY)
    def hand_over(self, seed: int) -> None:
        chance = Random(seed)
        case, whom = self._case(chance.randrange(99)), chance.randrange(99)
        step = Assignment.objects.filter(case=case, open=True).order_by("-pk").first()
        if step is not None:
            near = self.city.colleagues.get(step.department_id, [0])
            self._attempt(
                case,
                lambda: actions.hand_over(
                    assignment_id=step.pk,
                    holder_id=near[whom % len(near)],
                    actor=self._member(chance, step.department_id),
                    expected_version=step.version,
                ),
            )

    @rule(seed=ANY)
    def urge(self, seed: int) -> None:
        chance = Random(seed)
        case = self._case(chance.randrange(99))
        self._attempt(
            case, lambda: actions.urge(number=case.number, actor=self._member(chance, case.department_id), note="soon")
        )

    @rule()
    def promises_are_redeemed(self) -> None:
        wanted = Promise.objects.filter(
            kind__in=("cases.route", "services.privacy", "cases.child_closed"), done_at=None
        )
        redeem(list(wanted.values_list("pk", flat=True)))

    @rule(days=st.integers(0, 30))
    def limits_pass(self, days: int) -> None:
        with transaction.atomic():
            actions.sweep_deadlines(now=app_now() + timedelta(days=days))

    # how it is done

    def _case(self, which: int) -> Case:
        return Case.objects.get(pk=self.cases[which % len(self.cases)])

    def _member(self, chance: Random, department_id: int | None) -> Actor:
        """Mostly somebody of the department that has the case, now and then anybody."""
        near = [actor for actor in self.city.actors if actor.department_id == department_id]
        return chance.choice(near if near and chance.random() < 0.8 else self.city.actors)

    def _actors(self, case: Case) -> list[Actor]:
        return [*self.city.actors, Bearer(case.number).actor(), RULE, CLOCK]

    def _try(self, case: Case, transition: Transition, actor: Actor, *, stale: bool) -> None:
        steps = list(Assignment.objects.filter(case=case))
        decision = access.may_move(actor, transition, case, steps)
        own = decision.assignment
        version = own.version if transition.scope == "assignment" and own else case.version
        near = self.city.colleagues.get(own.department_id if own else 0, [0])
        stages = [need.removeprefix("photo_") for need in transition.requires if need.startswith("photo_")]
        allowed = bool(decision) and case.state in transition.from_states and not stale
        done = self._attempt(
            case,
            lambda: engine.apply(
                case_id=case.pk,
                transition=transition.name,
                actor=actor,
                now=app_now(),
                expected_version=version - 1 if stale else version,
                assignment_id=own.pk if own else None,
                note="because",
                department_id=self.city.departments[case.version % len(self.city.departments)]
                if "department" in transition.requires
                else None,
                holder_id=near[0] if "holder" in transition.requires else None,
                data={
                    "extension": "2",
                    "result": result_of(case, transition),
                    **{need.removeprefix("data:"): "2" for need in transition.requires if need.startswith("data:")},
                },
                photos=tuple(engine.Photo(self.city.file().pk, stage) for stage in stages),  # type: ignore[arg-type]
            ),
        )
        assert allowed or not done, f"{transition.name} by {actor.label} from {case.state} went through"

    def _attempt(self, case: Case, act: Any) -> bool:
        before = self._story(case)
        try:
            with nested():
                act()
        except REFUSED:
            assert self._story(case) == before, "a refusal has written something"
            counted["refusals"] += 1
            return False
        counted["moves"] += 1
        return True

    def _story(self, case: Case) -> tuple[Any, ...]:
        row = Case.objects.filter(pk=case.pk).values().get()
        steps = list(Assignment.objects.filter(case=case).order_by("pk").values())
        clocks = list(Clock.objects.filter(case=case).order_by("pk").values())
        return row, steps, clocks, HistoryEntry.objects.filter(case=case).count(), Promise.objects.count()

    # what always holds

    @invariant()
    def the_invariants_hold(self) -> None:
        for check in (invariant_i1, invariant_i2, invariant_i3, invariant_i4, invariant_i8):
            assert check() == [], check.__name__

    @invariant()
    def versions_grow_and_no_step_is_lost(self) -> None:
        for case in Case.objects.filter(pk__in=self.cases):
            version, lines = self.seen.get(case.pk, (0, 0))
            assert case.version >= version
            assert case.history_count >= lines
            self.seen[case.pk] = case.version, case.history_count
            steps = list(Assignment.objects.filter(case=case))
            assert any(step.open for step in steps) is not case.closed, f"{case.kind} {case.state}"
            assert all((step.closed_at is None) is step.open for step in steps)
            assert case.closed is kinds.workflow(case.kind).state(case.state).final

    @invariant()
    def clocks_run_forwards(self) -> None:
        for clock in Clock.objects.filter(case__in=self.cases):
            assert clock.budget >= 0
            assert clock.stopped_at is None or clock.stopped_at >= clock.started_at
            assert clock.due_at is None or clock.due_at >= clock.started_at
            for pause in clock.pauses:
                assert pause["to"] is None or pause["to"] >= pause["from"]


def play(sequences: int, steps: int) -> None:
    class OfTheCity(Moves):
        city = build()

    kinds.register_kind(made_up.KIND)
    chosen = settings(
        max_examples=sequences,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=sequences < 100,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OfTheCity, settings=chosen)
    assert len(counted["kinds"]) >= 4
    what = f"{counted['sequences']} sequences of up to {steps} steps over {len(counted['kinds'])} kinds"
    page.note("P15", "moves", f"{what}: {counted['moves']} moves, {counted['refusals']} refusals, 0 violations")


@pytest.mark.django_db
def test_p15_random_moves_of_all_kinds_break_nothing() -> None:
    play(sequences=8, steps=30)


@pytest.mark.long
@pytest.mark.django_db
def test_p15_a_thousand_sequences_of_fifty_moves_break_nothing() -> None:
    play(sequences=1000, steps=50)
