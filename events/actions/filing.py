"""Filing, refusing and closing: what an officer decides about an incident."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.engine import Applied, Ask, apply_all, lock
from cases.models import Case
from cases.queries import RuleMatch
from events.models import Report
from events.queries.catalogue import CategoryRow, ConditionRow, category, category_by_id
from ledger.actors import Actor
from ledger.clock import app_now


@transaction.atomic(durable=True)
def file_report(
    *,
    actor: Actor,
    case_id: int,
    expected_version: int,
    condition_id: int,
    category_key: str = "",
    note: str = "",
    assignment_id: int | None = None,
) -> Applied:
    """File the case (立案): the condition decides the limit; whoever files is responsible (谁立案谁负责).

    Arguments:
        condition_id: a filing condition of the category.
        category_key: another category than reported, if the officer knows better; "" keeps it.

    Raises:
        ValidationError: {"condition": …} the condition is not of the category.
        CaseMoved, NotPermitted: see cases.engine.apply.
    """
    now = app_now()
    move = lock(case_id, actor=actor, now=now)
    chosen = category(category_key, now) if category_key else category_by_id(_category_of(case_id))
    condition = next((c for c in chosen.conditions if c.id == condition_id), None)
    if condition is None:
        raise ValidationError({"condition": _("Choose a filing condition of this category.")})
    _set_condition(move.case, chosen, condition, actor.user_id)
    data = {"condition": condition.id, "category": chosen.key}
    ask = Ask("file", note=note, assignment_id=assignment_id, data=data)
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=now, expected_version=expected_version, move=move)


def _category_of(case_id: int) -> int:
    return Report.objects.values_list("category_id", flat=True).get(pk=case_id)


def _set_condition(case: Case, chosen: CategoryRow, condition: ConditionRow, filed_by: int | None) -> None:
    Report.objects.filter(pk=case.pk).update(category=chosen.id, condition=condition.id, filed_by=filed_by)
    if case.category != chosen.key:
        case.category, case.title = chosen.key, chosen.name_zh
        case.save(update_fields=["category", "title"])


def automatic_facts(case: Case, *, transition: str, rule: RuleMatch, now: datetime) -> Mapping[str, Any]:
    """What an automatic rule says when it moves a case: the condition the reporter named, else the first.

    Nobody filed it; the owner of the rule answers, and the history names rule, version and owner.
    """
    if transition != "file":
        return {}
    chosen = category_by_id(_category_of(case.pk))
    number = int(case.answers.get("condition") or 1)
    condition = next((c for c in chosen.conditions if c.number == number), chosen.conditions[0])
    _set_condition(case, chosen, condition, None)
    return {"data": {"condition": condition.id, "category": chosen.key, "rule": rule.code}}


@transaction.atomic(durable=True)
def close_report(
    *,
    actor: Actor,
    case_id: int,
    expected_version: int,
    result: str = "",
    note: str = "",
    assignment_id: int | None = None,
) -> Applied:
    """Close the case (结案) after a passed check on site.

    Arguments:
        result: what the reporter and the public read, without personal data; "" shows the closing condition only.
        note: stays inside.
    """
    now = app_now()
    move = lock(case_id, actor=actor, now=now)
    Report.objects.filter(case_id=case_id).update(result_text=result.strip())
    ask = Ask("close", note=note, assignment_id=assignment_id)
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=now, expected_version=expected_version, move=move)


@transaction.atomic(durable=True)
def refuse_report(
    *, actor: Actor, case_id: int, expected_version: int, reason: str, elsewhere: bool = False,
    assignment_id: int | None = None,
) -> Applied:  # fmt: skip
    """Do not accept (不予立案), or pass on to another channel (转其他渠道). The reporter reads the reason.

    Arguments:
        elsewhere: the matter belongs to another channel; the reason says to which.
    """
    ask = Ask("transfer" if elsewhere else "reject", note=reason, assignment_id=assignment_id)
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=app_now(), expected_version=expected_version)


@transaction.atomic(durable=True)
def force_close(*, actor: Actor, case_id: int, expected_version: int, reason: str) -> Applied:
    """Close by order (强制结案) from any open state after filing; the reporter reads the reason."""
    ask = Ask("force_close", note=reason)
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=app_now(), expected_version=expected_version)
