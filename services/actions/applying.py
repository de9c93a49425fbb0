"""Applying for a service, completing and withdrawing it. Answers are checked here, whoever sends them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.actions import create_organisation, create_person
from accounts.models import Department
from accounts.queries import person_ids_of_resident
from cases.engine import (
    Applied,
    Ask,
    Move,
    NewCase,
    NoSuchCase,
    NotPermitted,
    Photo,
    apply_all,
    contents,
    lock,
    open_case,
    submission_hash,
)
from cases.models import Case
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.models import StoredFile
from ledger.sealed import plain
from services import rules
from services.models import Draft, Matter
from services.queries import ItemRow, item_by_code
from services.queries.detail import case_of

KEPT = timedelta(days=3650)  # identity of a holder: as long as the archive of the matter (domain 3.3)
TEXT_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is applied for.

    Arguments:
        code: item of the catalogue in force. edition: number of the edition the form was read in.
        answers: by field, see services.rules.check_answers. materials: stored files by paper.
        notice: which version of the privacy notice stood beside the form (ledger.queries.notice_shown).
        purpose: why a clerk files it for somebody at the counter; "" for the applicant himself.
    """

    code: str
    edition: int
    answers: Mapping[str, Any]
    materials: Mapping[str, Sequence[UUID]] = field(default_factory=dict)
    purpose: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant takes away; `replayed`: this submission was answered before and nothing was written."""

    case_id: int
    number: str
    opened_at: datetime
    replayed: bool


@transaction.atomic(durable=True)
def apply_for(*, actor: Actor, application: Application, submission_key: str) -> Receipt:
    """File an application. The same key with the same body answers with the first receipt and writes nothing; either
    way it is no draft any more.

    Raises:
        ValidationError: keyed by field of the form ("agent.phone", "material_drawing"), or the catalogue has changed.
        cases.engine.NotPermitted: neither a resident nor a clerk who may file at the counter.
        cases.engine.SubmissionConflict: the key came before with another body.
    """
    now = app_now()
    clerk = _is_clerk(actor, application)
    item = _item(application, now)
    answers = _checked(item, application, actor)
    body = submission_hash([item.id, answers, {k: contents(v) for k, v in application.materials.items()}])
    opened = open_case(
        _new_case(item, answers, application, clerk=clerk),
        actor=actor, now=now, submission_key=submission_key, submission_hash=body,
        photos=_photos(item, application.materials),
    )  # fmt: skip
    if not opened.replayed:
        _complete(opened.case, item, answers, application, actor, now)
    if actor.kind is ActorKind.RESIDENT:  # a form that is sent again leaves a draft of itself again
        Draft.objects.filter(person_id=actor.id, item__code=item.code).delete()
    return Receipt(opened.case.pk, opened.case.number, opened.case.opened_at, opened.replayed)


def _is_clerk(actor: Actor, application: Application) -> bool:
    if actor.kind is ActorKind.RESIDENT:
        return False
    if actor.kind is not ActorKind.MEMBER or not actor.may("services.file"):
        raise NotPermitted(_("Your role does not include filing at the counter."))
    if not application.purpose.strip():
        raise ValidationError({"purpose": _("Say why you file it for the person at the counter.")})
    return True


def _item(application: Application, now: datetime) -> ItemRow:
    item = item_by_code(application.code, now)
    if item is None:
        raise ValidationError(_("This service is not in the catalogue any more."))
    if item.edition != application.edition:
        raise ValidationError(_("The catalogue has changed since you opened the form. Please look at it again."))
    return item


def _checked(item: ItemRow, application: Application, actor: Actor) -> dict[str, Any]:
    checked = rules.check_answers(item.fields, application.answers, demo=settings.DEMO)
    papers = {key: [str(one) for one in files] for key, files in application.materials.items()}
    errors: dict[str, Any] = {**checked.errors, **rules.check_materials(item.materials, papers)}
    known = {paper.key for paper in item.materials}
    files = {one for key, ids in application.materials.items() for one in ids if key in known}
    if files and not _own_files(files, actor):
        errors["__all__"] = _("A photo is not there any more. Please add it again.")
    if _organisation(item, checked.answers) is None and item.audience == "organisation" and not errors:
        errors["__all__"] = _("Only organisations can apply for this.")
    if errors:
        raise ValidationError(errors)
    return checked.answers


def _own_files(files: set[UUID], actor: Actor) -> bool:
    """Only what this actor uploaded is attached: nobody shows another's papers."""
    mine = StoredFile.objects.filter(pk__in=files, created_by_kind=str(actor.kind), created_by_id=actor.id)
    return mine.count() == len(files)


def _organisation(item: ItemRow, answers: Mapping[str, Any]) -> dict[str, str] | None:
    return next((answers[f.key] for f in item.fields if f.type == "organisation" and f.key in answers), None)


def _person(item: ItemRow, answers: Mapping[str, Any]) -> dict[str, str]:
    """The natural person of the form: the future holder, or who acts for the organisation."""
    return next(answers[f.key] for f in item.fields if f.type == "person" and f.key in answers)


def _photos(item: ItemRow, materials: Mapping[str, Sequence[UUID]]) -> list[Photo]:
    names = {paper.key: paper.name_zh for paper in item.materials}
    return [Photo(one, "report", names[key]) for key, files in materials.items() if key in names for one in files]


def _new_case(item: ItemRow, answers: Mapping[str, Any], application: Application, *, clerk: bool) -> NewCase:
    audience = "organisation" if _organisation(item, answers) else "person"
    path = Department.objects.values_list("territory", flat=True).get(pk=item.accepting_id)
    return NewCase(
        kind="service",
        title=item.name_zh,
        category=item.category,
        source="window" if clerk else "public",
        path=path,
        address="",
        answers=rules.answers_for_routing(item.id, item.review, audience),
        data={"purpose": application.purpose.strip()[:200]} if clerk else {},
    )


def _complete(
    case: Case, item: ItemRow, answers: dict[str, Any], application: Application, actor: Actor, now: datetime
) -> None:
    """Who applies and what only an application has."""
    source = "window" if actor.kind is ActorKind.MEMBER else "applicant"
    tale: dict[str, Any] = {
        "source": source, "purpose": "handle the application", "basis": "PIPL 13(3)",
        "expires": localtime(now + KEPT).date(), "now": now,
    }  # fmt: skip
    firm = _organisation(item, answers)
    if actor.kind is ActorKind.RESIDENT:
        case.person_id = UUID(actor.id)
    else:
        case.person_id = create_person(**{**_person(item, answers), **tale}, notice=application.notice).pk
    organisation = create_organisation(**{**firm, **tale}, notice=application.notice) if firm else None
    Matter.objects.create(
        case=case,
        item_id=item.id,
        organisation=organisation,
        answers=rules.masked_answers(item.fields, answers),
        personal=plain(_personal(item, answers)),
        materials={key: [str(one) for one in files] for key, files in application.materials.items() if files},
    )
    case.save(update_fields=["person"])


def _personal(item: ItemRow, answers: Mapping[str, Any]) -> str:
    secret = {field.key: answers[field.key] for field in item.fields if field.personal and field.key in answers}
    return json.dumps(secret, ensure_ascii=False, sort_keys=True) if secret else ""


def _as_applicant(actor: Actor, case: Case) -> Actor:
    """The resident as the identity the matter was filed under: his own, or one given with the phone he has proven.

    Raises:
        NoSuchCase: it is not his.
    """
    if actor.kind is ActorKind.RESIDENT and case.person_id in person_ids_of_resident(actor):
        return Actor(kind=ActorKind.RESIDENT, id=str(case.person_id), label=actor.label)
    raise NoSuchCase


def _lock(number: str, actor: Actor, now: datetime) -> tuple[Move, Actor]:
    """The applicant, or a clerk who takes papers at the counter."""
    case = case_of(number)
    if case is None:
        raise NoSuchCase
    who = actor if actor.kind is ActorKind.MEMBER else _as_applicant(actor, case)
    return lock(case.pk, actor=who, now=now), who


@transaction.atomic(durable=True)
def supply_matter(
    *, actor: Actor, number: str, expected_version: int, text: str, materials: Mapping[str, Sequence[UUID]]
) -> Applied:
    """Answer what was asked for: papers and a message; the limit runs on with what was left of it.

    Raises:
        ValidationError: a paper that was asked for is not there, nothing was said, or a photo is not the sender's.
    """
    now = app_now()
    move, who = _lock(number, actor, now)
    matter = Matter.objects.select_related("item").get(case=move.case)
    _check_supply(matter, text, materials, actor)
    papers = {key: [*matter.materials.get(key, ()), *map(str, files)] for key, files in materials.items() if files}
    matter.materials = {**matter.materials, **papers}
    matter.supplement_answer = text.strip()[:TEXT_LIMIT]
    matter.save(update_fields=["materials", "supplement_answer"])
    ask = Ask("supply", note=matter.supplement_answer, data={"papers": sorted(papers)})
    names = {paper["key"]: paper["name_zh"] for paper in matter.item.materials}
    photos = [Photo(one, "reply", names[key]) for key, files in materials.items() for one in files]
    ask = replace(ask, photos=photos)
    return apply_all(case_id=move.case.pk, asks=[ask], actor=who, now=now, expected_version=expected_version, move=move)


def _check_supply(matter: Matter, text: str, materials: Mapping[str, Sequence[UUID]], actor: Actor) -> None:
    asked = {row["what"].removeprefix("material:") for row in matter.supplement if row["what"].startswith("material:")}
    errors: dict[str, str] = {
        f"material_{key}": _("Please add a photo of this paper.") for key in asked if not materials.get(key)
    }
    if any(row["what"].startswith("field:") for row in matter.supplement) and not text.strip():
        errors["text"] = _("Please answer what was asked.")
    files = {one for ids in materials.values() for one in ids}
    if set(materials) - asked or (files and not _own_files(files, actor)):
        errors["__all__"] = _("A photo is not there any more. Please add it again.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic(durable=True)
def withdraw_matter(*, actor: Actor, number: str, expected_version: int, note: str = "") -> Applied:
    """The applicant takes the application back; it ends, and he may apply again."""
    now = app_now()
    move, who = _lock(number, actor, now)
    ask = Ask("withdraw", note=note.strip()[:TEXT_LIMIT])
    return apply_all(case_id=move.case.pk, asks=[ask], actor=who, now=now, expected_version=expected_version, move=move)
