"""Photos of a form: stored before the action, then carried by signed ids, so nobody can attach another's file."""

from collections.abc import Sequence
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _

from ledger.actions import store_photo
from ledger.actors import Actor
from ledger.clock import app_now

SALT = "cases.photos"
KEPT_SECONDS = 7 * 24 * 3600
MOST = 6


def store_all(files: "Sequence[File[bytes]]", *, actor: Actor, staff: bool) -> list[UUID]:
    """Store each photo.

    Raises:
        ValidationError: {"photos": …} naming the file that was refused and why.
    """
    if not files:
        return []
    if len(files) > MOST:
        raise ValidationError({"photos": _("At most %(limit)s photos.") % {"limit": MOST}})
    now, stored = app_now(), []
    for file in files:
        try:
            stored.append(store_photo(data=file.read(), actor=actor, staff=staff, now=now).file.pk)
        except ValidationError as error:
            raise ValidationError({"photos": f"{file.name}: {' '.join(error.messages)}"}) from error
    return stored


def carried(ids: Sequence[UUID]) -> str:
    """Signed ids for a hidden field."""
    return signing.dumps([str(one) for one in ids], salt=SALT) if ids else ""


def taken_up(text: str) -> list[UUID]:
    """Ids out of a hidden field; a forged or old one is as if nothing had been sent."""
    if not text:
        return []
    try:
        return [UUID(one) for one in signing.loads(text, salt=SALT, max_age=KEPT_SECONDS)]
    except signing.BadSignature:
        return []
