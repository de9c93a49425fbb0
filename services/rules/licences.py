"""Numbers of licences, their check character, whether one is valid, and the codes a holder shows."""

import base64
import hmac
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PREFIX = "1.2.156.3005.2"  # arc of electronic licences, GB/T 36904
SHOWN_SECONDS = 120  # a shown code lives so long (domain 3.6: one to five minutes)
_STAMP, _NONCE, _MAC = 4, 4, 10  # bytes


@dataclass(frozen=True, slots=True)
class LicenceKind:
    """What an item issues.

    Arguments:
        type: 21 characters: credit code of the competent authority and 3 of its own (GB/T 36904).
        issuer: credit code of the issuing body.
        months: how long it is valid; 0: without end.
    """

    type: str
    issuer: str
    name_zh: str
    name_en: str
    months: int


def read_licence_kind(row: Any) -> tuple[LicenceKind | None, list[str]]:
    """The licence written in a catalogue, and what is wrong with it."""
    try:
        kind = LicenceKind(**row)
    except TypeError as error:
        return None, [f"licence: {error}"]
    faults = []
    if len(kind.type) != 21 or set(kind.type) - set(ALPHABET):
        faults.append("licence type: 21 digits or capital letters")
    if len(kind.issuer) != 18 or set(kind.issuer) - set(ALPHABET):
        faults.append("licence issuer: 18 digits or capital letters")
    if not kind.name_zh or not kind.name_en:
        faults.append("licence: a name is empty")
    if not isinstance(kind.months, int) or not 0 <= kind.months <= 600:
        faults.append("licence months: 0 to 600")
    return kind, faults


def check_character(text: str) -> str:
    """Check character by ISO 7064 MOD 37,36, as GB/T 36904 takes it over type, issuer, serial and version.

    Arguments:
        text: digits and capital letters, without dots.

    Raises:
        ValueError: another character.
    """
    product = 36
    for sign in text:
        product = (product + ALPHABET.index(sign)) % 36 or 36
        product = product * 2 % 37
    return ALPHABET[(37 - product) % 36]


def licence_number(kind: LicenceKind, *, year: int, serial: int, version: int = 1) -> str:
    """Identifier of a licence (GB/T 36904): arc, type, issuer, serial, version of three digits, check character."""
    parts = (kind.type, kind.issuer, f"{year}{serial:07d}", f"{version:03d}")
    return ".".join((PREFIX, *parts, check_character("".join(parts))))


def number_fault(number: str) -> str:
    """What is wrong with an identifier: "", "shape" or "check"."""
    if not number.startswith(f"{PREFIX}."):
        return "shape"
    parts = number.removeprefix(f"{PREFIX}.").split(".")
    if len(parts) != 5 or not all(parts) or set("".join(parts)) - set(ALPHABET) or len(parts[0]) != 21:
        return "shape"
    return "" if check_character("".join(parts[:4])) == parts[4] else "check"


def last_day(first: date, months: int) -> date | None:
    """Last day of a validity of so many months: the day before the same day; None without end."""
    if not months:
        return None
    whole = first.year * 12 + first.month - 1 + months
    year, month = divmod(whole, 12)
    day = min(first.day, monthrange(year, month + 1)[1])
    return date.fromordinal(date(year, month + 1, day).toordinal() - 1)


def state_of(valid_from: date, valid_until: date | None, *, revoked: bool, on: date) -> str:
    """revoked | early | expired | valid; the last day still counts."""
    if revoked:
        return "revoked"
    if on < valid_from:
        return "early"
    return "expired" if valid_until is not None and on > valid_until else "valid"


def hidden_name(name: str) -> str:
    """A person's name as a stranger sees it: the middle hidden, 孙*梅; of two characters the last, 孙*."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[:1] + "*" * (len(name) - 2) + name[-1]


def show_token(licence_id: UUID, *, now: datetime, nonce: bytes, key: bytes) -> str:
    """The code a holder shows as QR: licence, moment, nonce and a MAC, in capital base32 (a small QR).

    Arguments:
        nonce: 4 bytes of chance, so that every showing is another code.
    """
    body = licence_id.bytes + int(now.timestamp()).to_bytes(_STAMP, "big") + nonce[:_NONCE].ljust(_NONCE, b"\0")
    mac = hmac.digest(key, b"licence:" + body, "sha256")[:_MAC]
    return base64.b32encode(body + mac).decode().rstrip("=")


def token_parts(token: str, *, now: datetime, key: bytes) -> tuple[UUID | None, str]:
    """The licence of a shown code and what is wrong with it: "", "forged" or "late"."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None, "forged"
    body, mac = raw[:-_MAC], raw[-_MAC:]
    right = hmac.digest(key, b"licence:" + body, "sha256")[:_MAC]
    if len(raw) != 16 + _STAMP + _NONCE + _MAC or not hmac.compare_digest(mac, right):
        return None, "forged"
    age = now.timestamp() - int.from_bytes(body[16 : 16 + _STAMP], "big")
    return UUID(bytes=body[:16]), "" if -5 <= age <= SHOWN_SECONDS + 5 else "late"


def digits_of(licence_id: UUID, *, now: datetime, key: bytes, back: int = 0) -> str:
    """Six digits for reading out, of the present two minutes (back=1: of those before)."""
    window = int(now.timestamp()) // SHOWN_SECONDS - back
    mac = hmac.digest(key, b"digits:" + licence_id.bytes + window.to_bytes(8, "big"), "sha256")
    return f"{int.from_bytes(mac[:8], 'big') % 1_000_000:06d}"
