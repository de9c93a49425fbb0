"""A signed note that says which tiles its bearer may fetch without asking the database: scope, version stamp, expiry.

It gives nothing but map tiles, for at most five minutes; govplatform/tilepath checks it before Django's middleware.
The machine's clock is used, not the database's: asking the database is what the note saves.
"""

import hmac
from hashlib import sha256
from time import time
from typing import NamedTuple

from django.conf import settings

NAME = "tiles"
SECONDS = 300
SIGNATURE_DIGITS = 32


class Note(NamedTuple):
    """What a valid cookie says."""

    scope: str
    stamp: str


def sign(scope: str, stamp: str) -> str:
    """Cookie text for a scope, good for five minutes. Neither argument contains a full stop."""
    said = f"{scope}.{stamp}.{int(time()) + SECONDS}"
    return f"{said}.{_signature(said)}"


def read(text: str) -> Note | None:
    """The note, or None if it is not ours, altered or expired."""
    said, _, signature = text.rpartition(".")
    if not said or not hmac.compare_digest(signature.encode(), _signature(said).encode()):
        return None
    scope, stamp, until = said.split(".")
    return Note(scope, stamp) if int(until) >= time() else None


def _signature(said: str) -> str:
    return hmac.new(settings.KEYS.token, b"tile note|" + said.encode(), sha256).hexdigest()[:SIGNATURE_DIGITS]
