"""What only an application has, for the case file; and the facts the workflow's guards look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cases.access import can
from cases.models import Assignment, Case, Clock, HistoryEntry
from ledger.actors import Actor
from ledger.clock import app_now
from services import rules
from services.models import Licence, Matter
from services.queries.catalogue import ItemRow, item_by_id
from services.queries.matters import Missing, missing_of


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as an official reads it: a personal one as its mask, a choice by its name."""

    key: str
    label_zh: str
    label_en: str
    value_zh: str
    value_en: str
    personal: bool


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper with the stored files that show it."""

    key: str
    name_zh: str
    name_en: str
    required: bool
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What a department said in its review."""

    body_zh: str
    body_en: str
    opinion: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MatterDetail:
    """The service part of a case file. `may_reveal`: the viewer may see personal answers for a purpose."""

    item: ItemRow
    answers: tuple[AnswerRow, ...]
    papers: tuple[PaperRow, ...]
    opinions: tuple[OpinionRow, ...]
    organisation: str
    supplement: tuple[Missing, ...]
    supplement_answer: str
    decision: str
    licence_id: UUID | None
    licence_number: str
    may_reveal: bool


def matter_detail(case_id: int, actor: Actor) -> MatterDetail:
    """Detail of the kind "service" for a viewer who may see the case. Six statements."""
    matter = Matter.objects.select_related("organisation", "case").get(case_id=case_id)
    item = item_by_id(matter.item_id)
    steps = list(Assignment.objects.filter(case_id=case_id).select_related("department").order_by("closed_at"))
    licence = Licence.objects.filter(case=matter).first()
    return MatterDetail(
        item=item,
        answers=answer_rows(item, matter.answers),
        papers=tuple(
            PaperRow(
                paper.key, paper.name_zh, paper.name_en, paper.required, tuple(matter.materials.get(paper.key, ()))
            )
            for paper in item.materials
        ),
        opinions=_opinions(case_id, steps),
        organisation=matter.organisation.name if matter.organisation else "",
        supplement=missing_of(matter, item),
        supplement_answer=matter.supplement_answer,
        decision=matter.decision,
        licence_id=licence.pk if licence else None,
        licence_number=licence.number if licence else "",
        may_reveal=bool(matter.personal) and bool(can(actor, "case.contact", matter.case, steps)),
    )


def answer_rows(item: ItemRow, answers: Mapping[str, Any]) -> tuple[AnswerRow, ...]:
    """The answers of a form in its order, in words."""
    return tuple(
        AnswerRow(field.key, field.label_zh, field.label_en, *_words(field, answers[field.key]), field.personal)
        for field in item.fields
        if answers.get(field.key) not in (None, "", [])
    )


def _words(field: rules.Field, value: Any) -> tuple[str, str]:
    if isinstance(value, Mapping):
        text = " ".join(str(value[part]) for part in field.parts if value.get(part))
        return text, text
    if field.type == "yes_no":
        return ("是", "Yes") if value == "yes" else ("否", "No")
    option = next((option for option in field.options if option.value == value), None)
    return (option.zh, option.en) if option else (str(value), str(value))


def _opinions(case_id: int, steps: list[Assignment]) -> tuple[OpinionRow, ...]:
    reviewed = [step for step in steps if not step.open and step.outcome == "reviewed"]
    notes = dict(
        HistoryEntry.objects.filter(case_id=case_id, transition__startswith="review_").values_list(
            "assignment_id", "note"
        )
    )
    return tuple(
        OpinionRow(
            body_zh=step.department.name_zh,
            body_en=step.department.name_en,
            opinion=str(step.result.get("opinion", "")),
            note=notes.get(step.pk, ""),
            at=step.closed_at or step.opened_at,
        )
        for step in reviewed
    )


def facts(case_id: int) -> dict[str, Any]:
    """What the guards look at: asked: a supplement was asked for; supplement_over: its time has passed."""
    asked = HistoryEntry.objects.filter(case_id=case_id, transition="ask_supplement").exists()
    clock = Clock.objects.filter(case_id=case_id, stage="supplement", stopped_at__isnull=True).first()
    over = clock is not None and clock.due_at is not None and clock.due_at <= app_now()
    return {"asked": asked, "supplement_over": over}


def case_of(number: str) -> Case | None:
    """A matter's case by its number."""
    return Case.objects.filter(number=number, kind="service").first()
