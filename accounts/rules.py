"""Identifiers and their check digits, one-time codes, limits. Pure: values in, verdict out."""

import hmac
import re
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
# first two digits of GB/T 2260 in use
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
# No such division and no such number segment: what the demo generator makes can belong to nobody.
DEMO_AREA = "379999"
DEMO_PHONE = "16100"

CITY_ZONE = ZoneInfo("Asia/Shanghai")

CODE_DIGITS = 8  # six can be guessed: 5 tries × 5 codes a day over many phones
CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5
CODES_PER_DAY = 5
CODE_GAP = timedelta(seconds=60)
ACCOUNT_IDLE = timedelta(days=1095)  # a resident's account goes so long after the last sign-in
BREAKER_FAILURES = 200
BREAKER_WINDOW = timedelta(minutes=10)


def id_check_character(first17: str) -> str:
    """Last character of a citizen number, GB 11643-1999 4.2 (ISO 7064 MOD 11-2).

    Arguments:
        first17: 17 digits.
    """
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True)) % 11]


def citizen_id_fault(text: str, *, demo: bool) -> str:
    """What is wrong with a citizen number (GB 11643): "", "shape", "area", "birth", "check" or "demo".

    Arguments:
        demo: numbers of the demo generator are accepted in demo mode only.
    """
    text = text.strip().upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return "shape"
    if text[:2] not in PROVINCES:
        return "area"
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return "birth"
    if id_check_character(text[:17]) != text[17]:
        return "check"
    return "demo" if text.startswith(DEMO_AREA) and not demo else ""


def credit_check_character(first17: str) -> str:
    """Last character of a unified social credit code (GB 32100-2015): weights 3^(i-1) mod 31, no I O S V Z.

    Raises:
        ValueError: a character outside the alphabet.
    """
    total = sum(USCC_ALPHABET.index(sign) * weight for sign, weight in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def credit_code_fault(text: str, *, demo: bool) -> str:
    """What is wrong with a unified social credit code (GB 32100): "", "shape", "check" or "demo"."""
    text = text.strip().upper()
    if not re.fullmatch(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}", text):
        return "shape"
    if credit_check_character(text[:17]) != text[17]:
        return "check"
    return "demo" if text[2:8] == DEMO_AREA and not demo else ""


def normal_phone(text: str) -> str:
    """A mobile number without spaces, dashes and the country code."""
    return re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", re.sub(r"[\s\-]", "", text))


def phone_fault(text: str, *, demo: bool) -> str:
    """What is wrong with a mobile number of mainland China (1, 3 to 9, nine digits): "", "shape" or "demo"."""
    text = normal_phone(text)
    if not re.fullmatch(r"1[3-9][0-9]{9}", text):
        return "shape"
    return "demo" if text.startswith(DEMO_PHONE) and not demo else ""


def one_time_code(key: bytes, row: UUID) -> str:
    """The code of one PhoneCode row: eight digits of a keyed hash, so that no code is stored anywhere.

    Arguments:
        key: 32 bytes that are not in the database.
    """
    digest = hmac.digest(key, b"phone-code\0" + row.bytes, "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def may_send_code(sent: list[datetime], now: datetime) -> bool:
    """At most 5 codes in 24 hours for one phone and 60 s between two.

    Arguments:
        sent: times of this phone's codes in the last 24 hours.
    """
    return len(sent) < CODES_PER_DAY and all(now - at >= CODE_GAP for at in sent)


def city_date(now: datetime) -> date:
    """The date on the city's wall at an aware time."""
    return now.astimezone(CITY_ZONE).date()
