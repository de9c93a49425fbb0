"""Personal answers of an application in clear: for a purpose, to who handles it; the person sees it."""

import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases import access
from cases.engine import NoSuchCase, NotPermitted
from cases.models import Assignment
from ledger.actions import reveal
from ledger.actors import Actor
from ledger.clock import app_now
from services.models import Matter
from services.queries import item_by_id
from services.queries.detail import case_of


@transaction.atomic(durable=True)
def reveal_answers(*, actor: Actor, number: str, purpose: str) -> list[tuple[str, str, str]]:
    """(Chinese label, English label, clear text) of every personal answer.

    Raises:
        NoSuchCase, NotPermitted: not to be seen, or not needed for this role.
    """
    case = case_of(number)
    steps = list(Assignment.objects.filter(case=case)) if case else []
    if case is None or not access.can(actor, "case.see", case, steps):
        raise NoSuchCase
    decision = access.can(actor, "case.contact", case, steps)
    if not decision:
        raise NotPermitted(decision.reason)
    matter = Matter.objects.get(case=case)
    if matter.personal.empty:
        raise ValidationError(_("There are no personal answers here."))
    clear = reveal(
        actor=actor, subject_kind="person", subject_id=str(case.person_id), values={"personal": matter.personal},
        purpose=purpose, now=app_now(), case_id=case.pk,
    )["personal"]  # fmt: skip
    answers = json.loads(clear)
    return [
        (field.label_zh, field.label_en, _text(answers[field.key]))
        for field in item_by_id(matter.item_id).fields
        if field.key in answers
    ]


def _text(value: object) -> str:
    return " ".join(str(part) for part in value.values()) if isinstance(value, dict) else str(value)
