"""Notice → channel → delivery. Text is made from kind and data when it is read or sent, in the reader's language."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.access import visible_to
from accounts.actions.outbox import hand_over
from accounts.gateways import render
from accounts.models import Delivery, Notice
from ledger.actions import reveal
from ledger.actors import CLOCK, Actor
from ledger.clock import app_now
from ledger.promises import promise

_INSERT = """
WITH told AS (
    SELECT unnest(%(users)s::bigint[]) AS user_id, NULL::uuid AS person_id
    UNION ALL SELECT NULL, %(person)s::uuid WHERE %(person)s IS NOT NULL
), fresh AS (
    INSERT INTO accounts_notice (kind, user_id, person_id, case_id, data, dedupe_key, created_at)
    SELECT %(kind)s, user_id, person_id, %(case)s, %(data)s::jsonb,
           %(key)s || ':' || coalesce(user_id::text, person_id::text), %(now)s
    FROM told
    ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
), sent AS (
    INSERT INTO accounts_delivery (notice_id, channel, state, sent_at, provider_reference)
    SELECT fresh.id, channel, CASE channel WHEN 'in_app' THEN 'sent' ELSE 'waiting' END,
           CASE channel WHEN 'in_app' THEN %(now)s::timestamptz END, ''
    FROM fresh CROSS JOIN unnest(%(channels)s::text[]) AS channel
    RETURNING id, state
)
SELECT id FROM sent WHERE state = 'waiting' ORDER BY id
"""


def notify(
    *,
    kind: str,
    key: str,
    now: datetime,
    user_ids: Sequence[int] = (),
    person_id: UUID | None = None,
    case_id: int | None = None,
    data: dict[str, Any] | None = None,
    channels: Sequence[str] = ("in_app",),
) -> None:
    """Tell members or a person something. Runs inside the caller's transaction; one statement, and a promise for each
    message that leaves the house.

    Arguments:
        kind: names the text, templates/accounts/notices/<kind>.txt.
        key: the same key tells the same reader once, for ever.
        data: ids and codes only; "url" is the path the notice leads to.
        channels: some of "in_app", "email", "sms".

    Raises:
        TransactionManagementError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("notify() belongs into the transaction of the fact")
    values = {"users": list(user_ids), "person": person_id, "kind": kind, "case": case_id, "key": key, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {**values, "data": json.dumps(data or {}), "channels": list(channels)})
        waiting = [row[0] for row in cursor.fetchall()]
    for delivery_id in waiting:
        promise("accounts.deliver", key=f"deliver:{delivery_id}", payload={"delivery": delivery_id}, now=now)


@transaction.atomic(durable=True)
def read_all_notices(*, actor: Actor) -> int:
    """Mark all of the actor's notices as read; returns how many were new."""
    return visible_to(actor, Notice.objects.filter(read_at=None)).update(read_at=app_now())


def prepare_delivery(payload: dict[str, Any], *, promise_id: int, now: datetime) -> dict[str, Any] | None:
    """Promise "accounts.deliver", first part: whom, in which language, what. None if sent, or nowhere to send."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("notice__user", "notice__person__user")
        .get(pk=payload["delivery"])
    )
    if delivery.state != "waiting":
        return None
    recipient = _recipient(delivery, now)
    if not recipient:
        delivery.state = "failed"
        delivery.save(update_fields=["state"])
        return None
    return {
        "channel": delivery.channel,
        "recipient": recipient,
        "kind": delivery.notice.kind,
        "data": delivery.notice.data,
        "language": _language(delivery.notice),
    }


def _recipient(delivery: Delivery, now: datetime) -> str:
    notice = delivery.notice
    if notice.user is not None:
        return notice.user.email if delivery.channel == Delivery.Channel.EMAIL and notice.user.is_active else ""
    if notice.person is None or delivery.channel != Delivery.Channel.SMS or notice.person.phone.empty:
        return ""
    clear = reveal(
        actor=CLOCK,
        subject_kind="person",
        subject_id=str(notice.person_id),
        values={"phone": notice.person.phone},
        purpose="notice",
        case_id=notice.case_id,
        now=now,
    )
    return clear["phone"]


def _language(notice: Notice) -> str:
    user = notice.user or getattr(notice.person, "user", None)
    return user.language if user is not None else ""


def send_delivery(payload: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
    """Second part, outside every transaction."""
    body = render(payload["kind"], payload["data"], payload["language"])
    reference = hand_over(
        channel=payload["channel"], recipient=payload["recipient"], body=body, idempotency_key=idempotency_key
    )
    return {"reference": reference}


def record_delivery(payload: dict[str, Any], *, promise_id: int, now: datetime, answer: dict[str, Any]) -> None:
    """Third part: the delivery is sent, under the provider's reference."""
    Delivery.objects.filter(pk=payload["delivery"]).update(
        state="sent", sent_at=now, provider_reference=answer["reference"][:80]
    )
