"""What officials do with an application beyond moving it: ask for what is missing, give an opinion, decide."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.engine import Applied, Ask, NoSuchCase, apply_all, lock
from ledger.actors import Actor
from ledger.clock import app_now
from services import rules
from services.actions.licences import issue_licence
from services.models import Licence, Matter
from services.queries import item_by_id
from services.queries.detail import case_of

OPINIONS = ("agree", "disagree")


def _id_of(number: str) -> int:
    case = case_of(number)
    if case is None:
        raise NoSuchCase
    return case.pk


@transaction.atomic(durable=True)
def ask_supplement(
    *, actor: Actor, number: str, expected_version: int, rows: Sequence[Mapping[str, str]], note: str = ""
) -> Applied:
    """Tell the applicant, once and completely, what is missing (行政许可法 32 (4)); the acceptance limit rests.

    Arguments:
        rows: [{"what": "material:<key>" or "field:<key>", "text": what is to be done}].

    Raises:
        ValidationError: the list is empty or names something the item does not ask for, or it was asked before.
    """
    now = app_now()
    move = lock(_id_of(number), actor=actor, now=now)
    matter = Matter.objects.get(case=move.case)
    item = item_by_id(matter.item_id)
    try:
        missing = rules.read_supplement(rows, item.fields, item.materials)
    except ValueError as error:
        raise ValidationError({"items": str(error)}) from error
    matter.supplement = missing
    matter.save(update_fields=["supplement"])
    ask = Ask("ask_supplement", note=note, data={"items": [row["what"] for row in missing]})
    return apply_all(
        case_id=move.case.pk, asks=[ask], actor=actor, now=now, expected_version=expected_version, move=move
    )


@transaction.atomic(durable=True)
def give_opinion(
    *, actor: Actor, number: str, transition: str, assignment_id: int, expected_version: int, opinion: str, note: str
) -> Applied:
    """A department's opinion in its review.

    Arguments:
        transition: review_first | review_beside | review_after. opinion: agree | disagree.
        expected_version: of the assignment.
    """
    if opinion not in OPINIONS:
        raise ValidationError({"opinion": _("Please choose one of the answers.")})
    now = app_now()
    move = lock(_id_of(number), actor=actor, now=now)
    result = {"result": {"opinion": opinion}}
    ask = Ask(transition, note=note, assignment_id=assignment_id, data=result)
    return apply_all(
        case_id=move.case.pk, asks=[ask], actor=actor, now=now, expected_version=expected_version, move=move
    )


@transaction.atomic(durable=True)
def grant_matter(
    *, actor: Actor, number: str, expected_version: int, reason: str, valid_from: date | None = None
) -> tuple[Applied, Licence]:
    """Grant it under the official's name and issue the licence in the same transaction.

    Arguments:
        valid_from: first day; None: today.

    Raises:
        ValidationError: no reason, or a first day in the past.
    """
    now = app_now()
    move = lock(_id_of(number), actor=actor, now=now)
    done = apply_all(
        case_id=move.case.pk, asks=[Ask("grant", note=reason)], actor=actor, now=now,
        expected_version=expected_version, move=move,
    )  # fmt: skip
    matter = _decide(move.case.pk, actor, reason)
    return done, issue_licence(matter=matter, actor=actor, valid_from=valid_from, now=now)


@transaction.atomic(durable=True)
def refuse_matter(*, actor: Actor, number: str, expected_version: int, reason: str, remedy: str) -> Applied:
    """Refuse it: a named official's reasoned decision that names the remedy (行政许可法 38).

    Raises:
        ValidationError: a reason or the remedy is missing.
    """
    if not remedy.strip():
        raise ValidationError({"remedy": _("Say where and until when the applicant can object.")})
    now = app_now()
    move = lock(_id_of(number), actor=actor, now=now)
    text = f"{reason.strip()}\n{remedy.strip()}" if reason.strip() else ""
    done = apply_all(
        case_id=move.case.pk, asks=[Ask("refuse", note=text)], actor=actor, now=now,
        expected_version=expected_version, move=move,
    )  # fmt: skip
    _decide(move.case.pk, actor, text)
    return done


def _decide(case_id: int, actor: Actor, text: str) -> Matter:
    matter = Matter.objects.select_related("item", "organisation", "case").get(case=case_id)
    matter.decision, matter.decided_by_id = text.strip(), actor.user_id
    matter.save(update_fields=["decision", "decided_by"])
    return matter
