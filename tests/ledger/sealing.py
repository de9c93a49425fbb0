"""Two made-up rows' worth of sealing without a table of our own: the person of accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.conf import settings
from django.test import override_settings

from accounts.models import Person
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.sealed import blind_index, plain

PHONE = "13800005678"
NAME = "张金丝雀"


def person(phone: str = PHONE, name: str = NAME) -> Person:
    return Person(
        id=uuid7(), name=plain(name), phone=plain(phone), phone_index=blind_index("phone", phone), created_at=app_now()
    )


@contextmanager
def second_key() -> Iterator[None]:
    """A new key has come and is the one to seal with; the old one is still there."""
    keys = settings.KEYS
    with override_settings(KEYS=replace(keys, sealing={**keys.sealing, "k2": b"2" * 32}, current="k2")):
        yield


@contextmanager
def only_new_key() -> Iterator[None]:
    with override_settings(KEYS=replace(settings.KEYS, sealing={"k2": b"2" * 32}, current="k2")):
        yield
