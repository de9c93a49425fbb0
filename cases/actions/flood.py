"""Limits against floods: counted in the database, so that emptying Redis frees nobody."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.rules import normal_phone
from cases.rules import network_of
from ledger.sealed import blind_index

_COUNT = """
INSERT INTO cases_intake (key, hour, count) VALUES (%s, date_trunc('hour', %s::timestamptz), 1)
ON CONFLICT (key, hour) DO UPDATE SET count = cases_intake.count + 1 RETURNING count
"""


def count_intake(*, what: str, network: str, phone: str, per_network: int, per_phone: int, now: datetime) -> None:
    """Count an accepted matter per network and phone and hour, in the caller's transaction: a refusal takes it back.

    Arguments:
        what: slug of the kind; each kind has its own count.
        network: address the request came from; "" is not counted. phone: as given; "" is not counted.
        per_network, per_phone: accepted per hour.

    Raises:
        ValidationError: code "flood".
    """
    for place, text, limit in (
        ("network", network_of(network), per_network),
        ("phone", normal_phone(phone), per_phone),
    ):
        key = blind_index(f"intake:{what}:{place}", text) if text else None
        if key is None:
            continue
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [key, now])
            count = cursor.fetchone()[0]
        if count > limit:
            raise ValidationError(
                _("Many reports came from here within an hour. Please try again later, or call the hotline."),
                code="flood",
            )
