"""Licences: the holder's own, the desk's list, and what a printed one says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.queries import person_ids_of_resident
from accounts.rules import city_date
from ledger.actors import Actor, ActorKind
from ledger.queries import DocumentRow, document_file, documents
from services import rules
from services.models import Licence, LicenceCheck

CHECKS_SHOWN = 20
DOCUMENT = "services.licence"  # kind of ledger.Document


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check of a licence: when, how and what was answered; nobody knows who."""

    at: datetime
    way: str
    answer: str


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence in a list. state: valid | early | expired | revoked."""

    id: UUID
    number: str
    name_zh: str
    name_en: str
    holder: str
    issuer_zh: str
    issuer_en: str
    state: str
    valid_from: date
    valid_until: date | None
    case_number: str


@dataclass(frozen=True, slots=True)
class LicenceCard:
    """A licence as its holder shows it, or as an official sees it."""

    row: LicenceRow
    facts: tuple[dict[str, str], ...]
    checks: tuple[CheckRow, ...]
    checked: int
    revoked_at: datetime | None
    revoke_reason: str


def _licences() -> QuerySet[Licence]:
    return Licence.objects.select_related("item", "issuer", "organisation", "case__case")


def _row(licence: Licence, today: date) -> LicenceRow:
    kind = rules.read_licence_kind(licence.item.licence)[0]
    return LicenceRow(
        id=licence.pk,
        number=licence.number,
        name_zh=kind.name_zh if kind else licence.item.name_zh,
        name_en=kind.name_en if kind else licence.item.name_en,
        holder=licence.organisation.name if licence.organisation else str(licence.holder),
        issuer_zh=licence.issuer.name_zh,
        issuer_en=licence.issuer.name_en,
        state=rules.state_of(licence.valid_from, licence.valid_until, revoked=licence.revoked_at is not None, on=today),
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        case_number=licence.case.case.number,
    )


def held_by(actor: Actor) -> QuerySet[Licence]:
    """Licences a resident holds himself, or applied for: for a relative, or for an organisation."""
    if actor.kind is not ActorKind.RESIDENT:
        return Licence.objects.none()
    mine = person_ids_of_resident(actor)
    return _licences().filter(Q(person__in=mine) | Q(case__case__person__in=mine))


def my_licences(actor: Actor, now: datetime) -> list[LicenceRow]:
    """The holder's licences, newest first. One statement."""
    return [_row(licence, city_date(now)) for licence in held_by(actor).order_by("-issued_at")]


def seen_by(actor: Actor) -> QuerySet[Licence]:
    """Licences an official may look at: those of items and matters of the own area."""
    if actor.kind is not ActorKind.MEMBER or not actor.territory or not actor.may("licences.read"):
        return Licence.objects.none()
    return _licences().filter(case__case__path__startswith=actor.territory)


def licence_rows(actor: Actor, *, text: str = "", now: datetime, limit: int = 100) -> list[LicenceRow]:
    """Licences of the official's area, newest first; `text` is part of the number. One statement."""
    found = seen_by(actor)
    if text.strip():
        found = found.filter(number__icontains=text.strip())
    return [_row(licence, city_date(now)) for licence in found.order_by("-issued_at")[:limit]]


def licence_card(actor: Actor, licence_id: UUID, now: datetime) -> LicenceCard | None:
    """The holder's card or the official's; None if it is neither's. Three statements."""
    shelf = seen_by(actor) if actor.kind is ActorKind.MEMBER else held_by(actor)
    licence = shelf.filter(pk=licence_id).first()
    if licence is None:
        return None
    checks = LicenceCheck.objects.filter(licence=licence).order_by("-at")
    return LicenceCard(
        row=_row(licence, city_date(now)),
        facts=tuple(licence.facts),
        checks=tuple(CheckRow(check.at, check.way, check.answer) for check in checks[:CHECKS_SHOWN]),
        checked=checks.count(),
        revoked_at=licence.revoked_at,
        revoke_reason=licence.revoke_reason,
    )


def licence_of_case(case_id: int) -> UUID | None:
    """The licence that came of a matter."""
    return Licence.objects.filter(case=case_id).values_list("pk", flat=True).first()


def licence_context(object_id: str, language: str) -> dict[str, Any]:
    """What the printed licence says (ledger.kinds.register_document): a person's name is masked, the code leads to the
    verification page.
    """
    licence = _licences().get(pk=object_id)
    row = _row(licence, licence.valid_from)
    suffix = "en" if language == "en" else "zh"
    return {
        "title": row.name_en if language == "en" else row.name_zh,
        "department": row.issuer_en if language == "en" else row.issuer_zh,
        "path": f"/licences/verify/?n={licence.number}",
        "licence_number": licence.number,
        "holder": row.holder,
        "facts": [(fact[f"label_{suffix}"], fact[f"value_{suffix}"]) for fact in licence.facts],
        "valid_from": licence.valid_from,
        "valid_until": licence.valid_until,
        "case_number": row.case_number,
    }


def licence_file(licence_id: UUID) -> DocumentRow | None:
    """The current PDF of a licence; None if none was asked for. Whether one may see it is asked before."""
    return next((row for row in documents(kind=DOCUMENT, object_id=licence_id) if row.current), None)


def licence_pdf(actor: Actor, licence_id: UUID) -> Path | None:
    """Where the PDF of a licence lies that the actor may see; None until it is there."""
    shelf = seen_by(actor) if actor.kind is ActorKind.MEMBER else held_by(actor)
    row = licence_file(licence_id) if shelf.filter(pk=licence_id).exists() else None
    return document_file(row.id) if row is not None else None


def of_number(number: str) -> Sequence[Licence]:
    """The licence with a number, for checking it: a list of one or none."""
    return list(_licences().filter(number=number)[:1])
