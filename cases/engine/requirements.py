"""What a transition requires, checked before anything is written. Messages are keyed by the field of the form."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Membership
from cases import kinds, rules
from cases.engine.move import Move
from cases.engine.steps import CITY_ZONE, require_result
from cases.models import Assignment, Attachment, CaseLink
from cases.workflow import Transition

if TYPE_CHECKING:
    from cases.engine.applying import Ask


def check_requirements(move: Move, transition: Transition, own: Assignment | None, ask: "Ask") -> None:
    """Raise ValidationError naming everything that is missing at once; guards are asked when nothing else is
    missing.
    """
    errors: dict[str, Any] = {}
    for need in transition.requires:
        if not _is_met(move, need, own, ask):
            errors[rules.field_of(need)] = rules.missing_text(need)
    if errors:
        raise ValidationError(errors)
    if ask.holder_id is not None:
        check_holder(ask.holder_id, ask.department_id or (own.department_id if own else None), move.now)
    if "result" in transition.requires and own is not None:
        require_result(move.table.step(own.step_key), ask.data.get("result") or {})
    if transition.guard:
        kind = kinds.kind(move.case.kind)
        facts = _Facts(kind, move.case.pk)
        message = kinds.call(transition.guard)(move.case, facts, ask.data)
        if message:
            raise ValidationError({"__all__": message})


class _Facts(Mapping[str, Any]):
    """Facts of a kind, read at the first look: many a guard is content with what the mover says."""

    def __init__(self, kind: kinds.CaseKind, case_id: int) -> None:
        self._kind, self._case_id = kind, case_id

    @cached_property
    def _read(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = kinds.call(self._kind.facts)(self._case_id) if self._kind.facts else {}
        return found

    def __getitem__(self, name: str) -> Any:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _is_met(move: Move, need: str, own: Assignment | None, ask: "Ask") -> bool:
    if need.startswith("photo_"):
        stage = need.removeprefix("photo_")
        return any(p.stage == stage for p in ask.photos) or has_photo(move.case.pk, stage, own.opened_by if own else 0)
    if need == "assists":
        return not any(a.role == "assist" and (own is None or a.step_key == own.step_key) for a in move.open)
    if need == "children":
        return not has_open_children(move.case.pk)
    if need.startswith("data:"):
        return ask.data.get(need.removeprefix("data:")) not in (None, "")
    return rules.is_given(
        need,
        note=ask.note,
        department_id=ask.department_id,
        holder_id=ask.holder_id,
        data=ask.data,
    )


def check_holder(user_id: int, department_id: int | None, now: datetime) -> None:
    """A step is given only to an active member of its department.

    Raises:
        ValidationError: on "holder_id".
    """
    hats = Membership.objects.filter(
        user=user_id, department=department_id, valid__contains=now.astimezone(CITY_ZONE).date(), user__is_active=True
    )
    if not hats.exists():
        raise ValidationError({"holder_id": _("This person does not work in that department.")})


def has_photo(case_id: int, stage: str, since: int) -> bool:
    """Whether a photo of a stage came with or after a history sequence: rework asks for a new one."""
    return Attachment.objects.filter(case_id=case_id, stage=stage, history__gte=since).exists()


def has_open_children(case_id: int) -> bool:
    """Whether a child case that must close first is still open."""
    return CaseLink.objects.filter(
        parent_id=case_id, kind="child", closing_rule="all_closed", child__closed=False
    ).exists()
