"""Residents sign in by a code sent to their phone. Limits are rows: emptying Redis frees nobody. Uniform answers."""

import hmac
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from accounts import rules
from accounts.actions.outbox import hand_over
from accounts.actions.people import create_person
from accounts.gateways import render
from accounts.models import PhoneCode, User
from ledger.actions import audit, reveal
from ledger.actors import ANONYMOUS, CLOCK
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.promises import promise
from ledger.sealed import blind_index, plain

SIGN_IN, CORRECT = "sign_in", "correct"
TEXTS = {SIGN_IN: "phone.code", CORRECT: "phone.proof"}  # purpose → text of the message


@transaction.atomic(durable=True)
def request_code(*, phone: str, notice: str = "", purpose: str = SIGN_IN) -> uuid.UUID | None:
    """Promise a code to this phone, within the limits: 5 in 24 hours, 60 s between two, a breaker for the whole city.

    Arguments:
        phone: a mobile number whose form has been checked.
        notice: version of the notice that stood beside the form, "sign_in/1".
        purpose: SIGN_IN, or CORRECT to prove a new number; a code of one opens nothing of the other.

    Returns:
        id of the code, to be bound to the browser's session; None if a limit was reached, which nobody is told.
    """
    now = app_now()
    phone = rules.normal_phone(phone)
    index = blind_index("phone", phone)
    with connection.cursor() as cursor:  # two requests for one phone count one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [(index or b"").hex()])
    sent = PhoneCode.objects.filter(phone_index=index, created_at__gt=now - timedelta(days=1))
    if not rules.may_send_code(list(sent.values_list("created_at", flat=True)), now) or _breaker(now):
        return None
    sent.filter(used_at=None).update(used_at=now)  # a new code ends the old one
    code = PhoneCode(id=uuid7(), phone=plain(phone), phone_index=index, purpose=purpose, created_at=now, notice=notice)
    code.expires_at = now + rules.CODE_LIFETIME
    code.save(force_insert=True)
    promise("accounts.send_code", key=f"phone-code:{code.pk}", payload={"code": str(code.pk)}, now=now)
    return code.pk


def _breaker(now: datetime) -> bool:
    """True while guessing is going on over many phones: no new codes until it calms down."""
    recent = PhoneCode.objects.filter(created_at__gt=now - rules.BREAKER_WINDOW, used_at=None)
    return int(recent.aggregate(n=Sum("attempts"))["n"] or 0) > rules.BREAKER_FAILURES


@transaction.atomic(durable=True)
def check_code(*, code_id: uuid.UUID, typed: str) -> User | None:
    """Sign-in by code: right, unused, unexpired, at most 5 tries. A wrong try is counted and kept.

    Arguments:
        code_id: from this browser's session, so that a code read over a shoulder is of no use elsewhere.

    Returns:
        the resident's account, made on first use; None if the code does not open it.
    """
    now = app_now()
    code = _opened(code_id, typed, SIGN_IN, now)
    if code is None:
        return None
    user = _resident(code, now)
    _use(code, now)
    return user if user.is_active else None


@transaction.atomic(durable=True)
def prove_phone(*, code_id: uuid.UUID, typed: str, phone: str) -> bool:
    """Whether who typed the code holds this phone; counted and limited like signing in, and good once.

    Arguments:
        code_id: from this browser's session.
    """
    now = app_now()
    code = _opened(code_id, typed, CORRECT, now)
    if code is None or bytes(code.phone_index) != blind_index("phone", rules.normal_phone(phone)):
        return False
    _use(code, now)
    return True


def _opened(code_id: uuid.UUID, typed: str, purpose: str, now: datetime) -> PhoneCode | None:
    """The code, locked, if it is the right one and still good; a wrong try is counted."""
    code = PhoneCode.objects.select_for_update().filter(pk=code_id, purpose=purpose).first()
    if code is None or code.used_at is not None or code.expires_at <= now or code.attempts >= rules.CODE_TRIES:
        return None
    if not hmac.compare_digest(rules.one_time_code(settings.KEYS.token, code.pk), typed.strip()):
        code.attempts += 1
        code.save(update_fields=["attempts"])
        if code.attempts == rules.CODE_TRIES:
            audit(actor=ANONYMOUS, action="phone.locked", object_kind="phone_code", object_id=str(code.pk), now=now)
        return None
    return code


def _use(code: PhoneCode, now: datetime) -> None:
    code.used_at = now
    code.phone = plain("")
    code.save(update_fields=["used_at", "phone"])


def _resident(code: PhoneCode, now: datetime) -> User:
    found = User.objects.filter(person__phone_index=code.phone_index).first()
    if found is not None:
        return found
    phone = reveal(
        actor=ANONYMOUS,
        subject_kind="phone_code",
        subject_id=str(code.pk),
        values={"phone": code.phone},
        purpose="sign_up",
        now=now,
    )["phone"]
    person = create_person(
        phone=phone,
        source="resident",
        purpose="sign_in",
        basis="PIPL 13(1)",
        expires=(now + rules.ACCOUNT_IDLE).date(),
        notice=code.notice,
        now=now,
    )
    user = User(username=f"resident-{person.pk.hex[-12:]}", person=person, date_joined=now)
    user.set_unusable_password()
    user.save(force_insert=True)
    audit(actor=ANONYMOUS, action="resident.create", object_kind="user", object_id=str(user.pk), now=now)
    return user


def prepare_code(payload: dict[str, Any], *, promise_id: int, now: datetime) -> dict[str, Any] | None:
    """Promise "accounts.send_code", first part: phone and text, unless the code is used, expired or sent."""
    code = PhoneCode.objects.filter(pk=payload["code"], used_at=None, expires_at__gt=now).first()
    if code is None or code.phone.empty:
        return None
    clear = reveal(
        actor=CLOCK,
        subject_kind="phone_code",
        subject_id=str(code.pk),
        values={"phone": code.phone},
        purpose="send_code",
        now=now,
    )
    return {"recipient": clear["phone"], "id": str(code.pk), "text": TEXTS[code.purpose]}


def send_code(payload: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
    """Second part, outside every transaction."""
    digits = rules.one_time_code(settings.KEYS.token, uuid.UUID(payload["id"]))
    body = render(payload["text"], {"code": digits}, settings.LANGUAGE_CODE)
    reference = hand_over(channel="sms", recipient=payload["recipient"], body=body, idempotency_key=idempotency_key)
    return {"reference": reference}


def record_code(payload: dict[str, Any], *, promise_id: int, now: datetime, answer: dict[str, Any]) -> None:
    """Third part: nothing to keep; the phone number goes with the code's use or expiry (retention table)."""
