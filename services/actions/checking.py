"""Checking a licence: anybody may; it is counted without who, and the holder sees the count. Uniform answers."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.rules import city_date
from ledger.clock import app_now
from ledger.sealed import blind_index
from services import rules
from services.actions.licences import HOLDER
from services.models import Licence, LicenceCheck


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: in one word, then as little as the checker needs.

    Arguments:
        answer: valid | expired | revoked | early, or why nothing is said: unknown | late | used.
        holder: a person's name with the middle hidden; an organisation's in full.
        way: code | digits | name.
    """

    answer: str
    at: datetime
    way: str = ""
    number: str = ""
    name_zh: str = ""
    name_en: str = ""
    holder: str = ""
    issuer_zh: str = ""
    issuer_en: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    facts: tuple[dict[str, str], ...] = ()
    revoked_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Whether a licence was found and something is said of it."""
        return self.answer in ("valid", "expired", "revoked", "early")


@transaction.atomic(durable=True)
def check_by_token(*, token: str) -> Verdict:
    """Check the code a holder shows. It serves once and for two minutes; a forged one finds nothing."""
    now = app_now()
    licence_id, fault = rules.token_parts(token, now=now, key=settings.KEYS.token)
    if fault:
        return Verdict("late" if fault == "late" else "unknown", now)
    licence = _licence(id=licence_id)
    if licence is None:
        return Verdict("unknown", now)
    return _answer(licence, "code", now, hashlib.sha256(token.upper().encode()).hexdigest())


@transaction.atomic(durable=True)
def check_by_number(*, number: str, proof: str) -> Verdict:
    """Check a licence by its number together with what only somebody in front of the holder knows.

    Arguments:
        proof: the six digits the holder's screen shows now, or the holder's full name as on the licence.
    """
    now = app_now()
    number, proof = number.strip().upper(), "".join(proof.split())
    licence = _licence(number=number) if not rules.number_fault(number) else None
    if licence is None:
        return Verdict("unknown", now)
    if proof.isdigit():
        back = next((back for back in (0, 1) if _is_code(licence.pk, proof, now, back)), None)
        if back is None:
            return Verdict("unknown", now)
        window = int(now.timestamp()) // rules.SHOWN_SECONDS - back
        return _answer(licence, "digits", now, hashlib.sha256(f"{licence.pk}:{window}".encode()).hexdigest())
    index = blind_index(HOLDER, proof)
    if index is None or not hmac.compare_digest(index, bytes(licence.holder_index or b"")):
        return Verdict("unknown", now)
    return _answer(licence, "name", now, None)


def _is_code(licence_id: UUID, proof: str, now: datetime, back: int) -> bool:
    return hmac.compare_digest(rules.digits_of(licence_id, now=now, key=settings.KEYS.token, back=back), proof)


def _licence(**wanted: object) -> Licence | None:
    """Locked, so that a code shown to two people is answered to one of them."""
    rows = Licence.objects.select_related("item", "issuer", "organisation").select_for_update(of=("self",), no_key=True)
    return rows.filter(**wanted).first()


def _answer(licence: Licence, way: str, now: datetime, code_hash: str | None) -> Verdict:
    if code_hash is not None and LicenceCheck.objects.filter(code_hash=code_hash).exists():
        return Verdict("used", now, way)
    today = city_date(now)
    answer = rules.state_of(licence.valid_from, licence.valid_until, revoked=licence.revoked_at is not None, on=today)
    LicenceCheck.objects.create(licence=licence, at=now, way=way, answer=answer, code_hash=code_hash)
    kind = rules.read_licence_kind(licence.item.licence)[0]
    return Verdict(
        answer=answer,
        at=now,
        way=way,
        number=licence.number,
        name_zh=kind.name_zh if kind else licence.item.name_zh,
        name_en=kind.name_en if kind else licence.item.name_en,
        holder=licence.organisation.name if licence.organisation else rules.hidden_name(licence.holder._open()),
        issuer_zh=licence.issuer.name_zh,
        issuer_en=licence.issuer.name_en,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        facts=tuple(licence.facts) if answer == "valid" else (),
        revoked_at=licence.revoked_at,
    )
