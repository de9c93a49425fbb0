"""Documents: a number at once, the PDF by the promise `ledger.render`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from ledger import kinds
from ledger.actions.records import audit
from ledger.actors import Actor, ActorKind
from ledger.calendar import CITY_ZONE
from ledger.gateways import keep_pdf
from ledger.ids import uuid7
from ledger.models import Document, NumberSeries
from ledger.promises import promise


@transaction.atomic
def request_document(
    *,
    kind: str,
    object_id: object,
    actor: Actor,
    now: datetime,
    case_id: int | None = None,
    language: str = "zh-hans",
    number: str | None = None,
    renew: bool = False,
) -> Document:
    """Ask for a PDF inside the caller's transaction; asked for twice it is one. The caller decides whether one may.

    Arguments:
        kind: registered with `ledger.kinds.register_document`.
        object_id: what the kind's `context` is called with.
        case_id: primary key of the case on whose file it is listed.
        number: None takes the next of the kind's series (without gaps, in the city's year).
        renew: make a new one with a new number; the present one is marked as superseded by it.

    Raises:
        KeyError: unknown kind. ValidationError: the number was given before.
    """
    spec = kinds.documents[kind]
    _lock(kind, str(object_id), language)
    present = Document.objects.filter(
        kind=kind, object_id=str(object_id), language=language, superseded_by=None, revoked_at=None
    ).first()
    if present is not None and not renew:
        return present
    document = Document(
        id=uuid7(), kind=kind, object_id=str(object_id), case_id=case_id, series=spec.series, language=language,
        requested_by_kind=actor.kind, requested_by_id=actor.id, requested_department=actor.department_id,
        requested_at=now,
    )  # fmt: skip
    document.number = number or _next_number(spec.series, now)
    if present is not None:
        Document.objects.filter(pk=present.pk).update(superseded_by=document.pk)
    return _created(document, now)


def _created(document: Document, now: datetime) -> Document:
    if Document.objects.filter(series=document.series, number=document.number).exists():
        raise ValidationError(_("The number %(number)s was given before.") % {"number": document.number}, code="number")
    document.save(force_insert=True)
    promise("ledger.render", key=f"document:{document.pk}", payload={"document": str(document.pk)}, now=now)
    return document


@transaction.atomic
def revoke_document(*, document_id: UUID, reason: str, actor: Actor, now: datetime) -> Document:
    """Declare a document void; it stays readable and says so. Whether the actor may, the caller decides.

    Raises:
        ValidationError: no reason given, or revoked already.
    """
    document = Document.objects.select_for_update().get(pk=document_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Please give the reason.")}, code="reason")
    if document.revoked_at is not None:
        raise ValidationError(_("This document has been revoked already."), code="revoked")
    document.revoked_at, document.revoked_reason = now, reason.strip()[:200]
    document.save(update_fields=["revoked_at", "revoked_reason"])
    data = {"number": document.number, "kind": document.kind}
    audit(actor=actor, action="document.revoked", object_kind="document", object_id=document.pk, data=data, now=now)
    return document


def prepare_render(payload: dict[str, Any], *, promise_id: int, now: datetime) -> dict[str, Any] | None:
    """First part of the promise: the page as HTML, in the language of the document. None if the file is there."""
    document = Document.objects.select_for_update().get(pk=payload["document"])
    if document.state == Document.State.RENDERED:
        return None
    spec = kinds.documents[document.kind]
    with override(document.language):
        told = kinds.resolve(spec.context)(document.object_id, document.language)
        facts = {"document": document, "kind": spec, "demo": settings.DEMO, "url": _url(told), **told}
        return {"html": render_to_string(spec.template, facts), "qr": facts["url"]}


def send_render(prepared: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
    """Second part, outside the transaction: draw it. Twice drawn is stored twice, and one is linked."""
    return keep_pdf(html=prepared["html"], qr=prepared["qr"])


def settle_render(payload: dict[str, Any], *, promise_id: int, now: datetime, answer: dict[str, Any]) -> None:
    """Third part: the row says where the file is; the audit, for whom it was made."""
    document = Document.objects.select_for_update().get(pk=payload["document"])
    if document.state == Document.State.RENDERED:
        return
    document.state, document.rendered_at = Document.State.RENDERED, now
    document.sha256, document.size, document.pages = answer["sha256"], answer["size"], answer["pages"]
    document.save(update_fields=["state", "rendered_at", "sha256", "size", "pages"])
    asked = Actor(
        kind=ActorKind(document.requested_by_kind),
        id=document.requested_by_id,
        department_id=document.requested_department,
    )
    data = {"number": document.number, "kind": document.kind, "sha256": document.sha256}
    audit(actor=asked, action="document.rendered", object_kind="document", object_id=document.pk, data=data, now=now)


def _url(told: dict[str, Any]) -> str:
    path = told.get("path", "")
    return f"{settings.PUBLIC_URL}{path}" if path else ""


def _lock(kind: str, object_id: str, language: str) -> None:
    """Two requests for the same document follow each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('ledger_document'), hashtext(%s))",
            [f"{kind}|{object_id}|{language}"],
        )


def _next_number(series: str, now: datetime) -> str:
    year = now.astimezone(CITY_ZONE).year
    NumberSeries.objects.bulk_create([NumberSeries(series=series, year=year)], ignore_conflicts=True)
    row = NumberSeries.objects.select_for_update().get(series=series, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{series}-{year}-{row.last:06}"
