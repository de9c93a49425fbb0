"""Promises that follow a move: who is told, and parents whose children have closed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.actions import notify
from cases import engine, kinds, queries
from cases.models import Assignment, Case, Clock, HistoryEntry
from ledger.actors import CLOCK

OPEN_VERBS = frozenset({"urge", "supervise", "proposed"})  # told to everybody who has an open step


def tell(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise "cases.notify": tell those who got a step, and those a transition names.

    Arguments:
        payload: {"case": primary key, "first": sequence, "last": sequence} of the move's history lines.
    """
    case = Case.objects.get(pk=payload["case"])
    span = (payload["first"], payload["last"])
    steps = list(Assignment.objects.filter(case=case))
    for step in steps:
        if step.open and span[0] <= step.opened_by <= span[1]:
            kind = "case.returned" if step.returned else "case.arrived"
            _tell_members(case, kind, [step], f"{kind}:{step.pk}:{step.version}", now)
    for entry in HistoryEntry.objects.filter(case=case, sequence__range=span).select_related("assignment"):
        _tell_of(case, entry, steps, now)


def _tell_of(case: Case, entry: HistoryEntry, steps: list[Assignment], now: datetime) -> None:
    key = f"{case.pk}:{entry.sequence}"
    if entry.transition in OPEN_VERBS:
        open_steps = [step for step in steps if step.open]
        _tell_members(case, f"case.{entry.transition}", open_steps, f"{entry.transition}:{key}", now)
    if entry.transition == "hand_over" and entry.assignment is not None:
        _tell_members(case, "case.arrived", [entry.assignment], f"hand_over:{key}", now)
    transition = kinds.workflow(case.kind).transition(entry.transition)
    if transition is None:
        return
    if {"department", "holder"} & set(transition.notifies) and entry.assignment is not None:
        _tell_members(case, "case.moved", [entry.assignment], f"moved:{key}", now)
    if "reporter" in transition.notifies:
        tell_reporter(case, f"progress:{key}", entry.transition, now)


def tell_reporter(case: Case, key: str, transition: str, now: datetime) -> None:
    """Tell who reported: a member by the bell, a person known by name over the channels he left. Nobody else learns
    of it.
    """
    data = {"number": case.number, "transition": transition, "called": kinds.kind(case.kind).called}
    for_somebody = case.source == "window" and case.person_id is not None  # filed at the counter for an applicant
    if case.reporter_kind == "member" and case.reporter_id and not for_somebody:
        url = f"/desk/cases/{case.number}/"
        notify(
            kind="case.progress",
            user_ids=[int(case.reporter_id)],
            case_id=case.pk,
            data={**data, "url": url},
            key=key,
            now=now,
        )
    elif case.person_id is not None:
        channels = ("in_app", "sms")
        notify(
            kind="case.progress",
            person_id=case.person_id,
            case_id=case.pk,
            data=data,
            key=key,
            channels=channels,
            now=now,
        )


def _tell_members(case: Case, kind: str, steps: Iterable[Assignment], key: str, now: datetime) -> None:
    users = queries.members_for(steps, now)
    if users:
        data = {"number": case.number, "url": f"/desk/cases/{case.number}/"}
        notify(kind=kind, user_ids=users, case_id=case.pk, data=data, key=key, now=now)


def tell_deadline(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise "cases.deadline": near limits are told to who has the step, passed ones to the superior as well.

    Arguments:
        payload: {"case": primary key, "clock": primary key, "level": 1 soon | 2 overdue}.
    """
    clock = Clock.objects.select_related("case", "assignment").get(pk=payload["clock"])
    case, overdue = clock.case, payload["level"] == 2
    steps = [clock.assignment] if clock.assignment else list(Assignment.objects.filter(case=case, open=True))
    kind = "case.overdue" if overdue else "case.soon"
    users = queries.members_for(steps, now)
    if overdue and not kinds.workflow(case.kind).stage(clock.stage).of_reporter:
        users = [*users, *(u for u in queries.superiors_of(case, steps, now) if u not in users)]
    if users:
        data = {"number": case.number, "url": f"/desk/cases/{case.number}/", "stage": clock.stage}
        key = f"{kind}:{clock.pk}:{promise_id}"
        notify(kind=kind, user_ids=users, case_id=case.pk, data=data, key=key, now=now)


def child_closed(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise "cases.child_closed": note it on the parent; with the last child the declared transition follows.

    Arguments:
        payload: {"case": primary key of the parent, "child": primary key}.
    """
    parent = engine.lock(payload["case"], actor=CLOCK, now=now)
    child = Case.objects.get(pk=payload["child"])
    parent.record("child_closed", data={"child": child.number, "outcome": child.outcome})
    name = parent.table.on_children_closed
    transition = parent.table.transition(name) if name else None
    ready = transition is not None and parent.case.state in transition.from_states
    if ready and not engine.has_open_children(parent.case.pk):
        ask = engine.Ask(transition=name)
        engine.apply_all(case_id=parent.case.pk, asks=[ask], actor=CLOCK, now=now, expected_version=None, move=parent)
    else:
        parent.notify = True
        parent.flush()
