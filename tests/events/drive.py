"""Brings a case to a state, through the real actions only."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from cases import engine
from cases.access import Bearer
from cases.models import Case
from cases.workflow import Transition
from events import actions
from events.models import Report
from ledger.clock import app_now
from tests.events import town as builders
from tests.events.town import Town

CATEGORY = "part/01/0101"


def move(town: Town, case_id: int, transition: str, who: str, **more: Any) -> engine.Applied:
    """A transition without domain facts, with the version a fresh page shows."""
    found = Case.objects.get(pk=case_id)
    version = more.pop("expected_version", found.version)
    if "assignment_id" in more and transition.endswith(("delay", "suspension")):
        step = next(a for a in found.assignments.all() if a.pk == more["assignment_id"])
        version = step.version
    with transaction.atomic(durable=True):
        return engine.apply(
            case_id=case_id, transition=transition, actor=town[who], now=app_now(), expected_version=version, **more
        )


def reported(town: Town, **more: Any) -> int:
    return builders.report(**more).case_id


def filed(town: Town, *, number: int = 1, who: str = "acceptor", **more: Any) -> int:
    case_id = reported(town, **more)
    version = builders.case(case_id).version
    actions.file_report(
        actor=town[who], case_id=case_id, expected_version=version, condition_id=builders.condition(CATEGORY, number)
    )
    return case_id


def dispatched(town: Town, **more: Any) -> int:
    case_id = filed(town, **more)
    dispatch(town, case_id)
    return case_id


def dispatch(town: Town, case_id: int, department: str = "zj") -> None:
    version = builders.case(case_id).version
    actions.dispatch_report(
        actor=town["dispatcher"], case_id=case_id, expected_version=version, department_id=town.department(department)
    )


def assigned(town: Town, **more: Any) -> int:
    case_id = dispatched(town, **more)
    move(town, case_id, "assign", "coordinator", holder_id=town["handler"].user_id)
    return case_id


def handled(town: Town, **more: Any) -> int:
    case_id = assigned(town, **more)
    finish(town, case_id)
    return case_id


def finish(town: Town, case_id: int) -> None:
    photo = builders.photo(town["handler"])
    version = builders.case(case_id).version
    actions.finish_handling(
        actor=town["handler"], case_id=case_id, expected_version=version, note="已更换", after=[photo]
    )


def fed_back(town: Town, **more: Any) -> int:
    case_id = handled(town, **more)
    move(town, case_id, "confirm", "coordinator")
    return case_id


def checking(town: Town, **more: Any) -> int:
    case_id = fed_back(town, **more)
    move(town, case_id, "request_check", "dispatcher")
    return case_id


def check(town: Town, case_id: int, *, passed: bool = True) -> None:
    photo = builders.photo(town["worker"])
    version = builders.case(case_id).version
    actions.check_on_site(
        actor=town["worker"], case_id=case_id, expected_version=version, passed=passed, photos=[photo],
        note="" if passed else "井盖仍有响动",
    )  # fmt: skip


def checked(town: Town, *, passed: bool = True, **more: Any) -> int:
    case_id = checking(town, **more)
    check(town, case_id, passed=passed)
    return case_id


def closed(town: Town, **more: Any) -> int:
    case_id = checked(town, **more)
    close(town, case_id)
    return case_id


def close(town: Town, case_id: int, result: str = "井盖已更换") -> None:
    version = builders.case(case_id).version
    actions.close_report(actor=town["acceptor"], case_id=case_id, expected_version=version, result=result)


TO_STATE: dict[str, Callable[[Town], int]] = {
    "reported": reported,
    "pending_dispatch": filed,
    "pending_handle": dispatched,
    "handling": assigned,
    "handled": handled,
    "feedback": fed_back,
    "checking": checking,
    "pending_close": checked,
    "closed": closed,
}


def ask_for(town: Town, case_id: int, what: str, **data: Any) -> int:
    """The coordinator asks for a delay or a suspension; returns the step that decides on it."""
    handle = builders.step(case_id, "handle")
    move(town, case_id, f"request_{what}", "coordinator", assignment_id=handle.pk, note="缺配件", data=data)
    return builders.step(case_id, what).pk


def suspend(town: Town, case_id: int) -> None:
    step = ask_for(town, case_id, "suspension")
    version = builders.case(case_id).version
    move(town, case_id, "suspend", "chief", assignment_id=step, note="同意", expected_version=version)


def prepare(town: Town, case_id: int, transition: Transition) -> None:
    """What has to stand before a transition can be taken in its state."""
    if transition.name in ("grant_delay", "refuse_delay"):
        ask_for(town, case_id, "delay", extension="1")
    if transition.name in ("suspend", "refuse_suspension"):
        ask_for(town, case_id, "suspension")
    if transition.name == "file":
        Report.objects.filter(case_id=case_id).update(condition=builders.condition(CATEGORY))


def take(town: Town, case_id: int, transition: Transition, who: str) -> engine.Applied:
    """A transition with everything it may ask for."""
    found = Case.objects.get(pk=case_id)
    actor = town[who] if who else Bearer(found.number).actor()
    own = next((a for a in found.assignments.filter(open=True) if a.step_key in transition.step), None)
    version = own.version if transition.scope == "assignment" and own else found.version
    stages = [need.removeprefix("photo_") for need in transition.requires if need.startswith("photo_")]
    with transaction.atomic(durable=True):
        return engine.apply(
            case_id=case_id,
            transition=transition.name,
            actor=actor,
            now=app_now(),
            expected_version=version,
            note="说明",
            department_id=town.department("zj") if "department" in transition.requires else None,
            holder_id=town["handler"].user_id if "holder" in transition.requires else None,
            data={"condition": builders.condition(CATEGORY), "extension": "1"},
            photos=[engine.Photo(builders.photo(town["handler"]), stage) for stage in stages],
        )


def to_closed(town: Town, case_id: int) -> None:
    """From "reported" through all links once more."""
    version = builders.case(case_id).version
    condition = builders.condition(CATEGORY)
    actions.file_report(actor=town["acceptor"], case_id=case_id, expected_version=version, condition_id=condition)
    dispatch(town, case_id)
    move(town, case_id, "assign", "coordinator", holder_id=town["handler"].user_id)
    finish(town, case_id)
    move(town, case_id, "confirm", "coordinator")
    move(town, case_id, "request_check", "dispatcher")
    check(town, case_id)
    close(town, case_id)
