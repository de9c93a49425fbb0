"""Dispatching, handling and the visits on site."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from cases.engine import Applied, Ask, Photo, apply_all
from ledger.actors import Actor
from ledger.clock import app_now


@transaction.atomic(durable=True)
def dispatch_report(
    *, actor: Actor, case_id: int, expected_version: int, department_id: int, note: str = "",
    assignment_id: int | None = None,
) -> Applied:  # fmt: skip
    """Dispatch (派遣): the department has it in the same second, its limit starts."""
    ask = Ask("dispatch", note=note, assignment_id=assignment_id, department_id=department_id)
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=app_now(), expected_version=expected_version)


@transaction.atomic(durable=True)
def finish_handling(
    *,
    actor: Actor,
    case_id: int,
    expected_version: int,
    note: str,
    after: Sequence[UUID],
    before: Sequence[UUID] = (),
    assignment_id: int | None = None,
) -> Applied:
    """Report the work done (处置完成), with proof.

    Arguments:
        after, before: ids of stored photos taken after and before the work; at least one after.

    Raises:
        ValidationError: {"photos": …} no photo taken after the work, {"note": …} no word about what was done.
    """
    photos = [*(Photo(file, "before") for file in before), *(Photo(file, "after") for file in after)]
    ask = Ask("finish", note=note, assignment_id=assignment_id, photos=photos)
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=app_now(), expected_version=expected_version)


@transaction.atomic(durable=True)
def check_on_site(
    *,
    actor: Actor,
    case_id: int,
    expected_version: int,
    passed: bool,
    photos: Sequence[UUID],
    note: str = "",
    assignment_id: int | None = None,
) -> Applied:
    """Result of the check after handling (核查): with a photo, and with words when it failed."""
    ask = Ask(
        "check_passed" if passed else "check_failed",
        note=note,
        assignment_id=assignment_id,
        photos=[Photo(file, "check") for file in photos],
    )
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=app_now(), expected_version=expected_version)


@transaction.atomic(durable=True)
def verify_on_site(
    *,
    actor: Actor,
    case_id: int,
    expected_version: int,
    found: bool,
    photos: Sequence[UUID] = (),
    note: str = "",
    assignment_id: int | None = None,
) -> Applied:
    """Result of the verification before filing (核实)."""
    ask = Ask(
        "verify_true" if found else "verify_false",
        note=note,
        assignment_id=assignment_id,
        photos=[Photo(file, "report") for file in photos],
    )
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=app_now(), expected_version=expected_version)


@transaction.atomic(durable=True)
def decide_delay(
    *, actor: Actor, case_id: int, expected_version: int, assignment_id: int, extension: Decimal | None, note: str = ""
) -> Applied:
    """Grant (extension in the unit of the limit) or refuse (None, with a reason) a delay asked for (延期).

    Arguments:
        expected_version: of the assignment.
    """
    if extension is None:
        ask = Ask("refuse_delay", note=note, assignment_id=assignment_id)
    else:
        ask = Ask("grant_delay", note=note, assignment_id=assignment_id, data={"extension": str(extension)})
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=app_now(), expected_version=expected_version)
