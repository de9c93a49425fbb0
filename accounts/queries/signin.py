"""What signing in needs to know."""

from datetime import timedelta
from uuid import UUID

from axes.models import AccessFailureLog
from django.db.models import Func, Value

from accounts.models import Person, User
from ledger.actors import Actor, ActorKind

HOUR = timedelta(hours=1)


def failures_from(address: str) -> int:
    """Failed sign-ins from one address in the last hour."""
    since = Func(function="transaction_timestamp") - Value(HOUR)
    return int(AccessFailureLog.objects.filter(ip_address=address, attempt_time__gt=since).count())


def demo_user(username: str) -> User | None:
    """The user behind a button of the demo's sign-in page."""
    return User.objects.filter(username=username, is_active=True).first()


def phone_has_account(index: bytes | memoryview | None) -> bool:
    """Whether a resident signs in with the phone of this blind index."""
    return index is not None and User.objects.filter(person__phone_index=index, is_active=True).exists()


def person_ids_of_resident(actor: Actor) -> list[UUID]:
    """The resident's own identity and every one given with the same phone, which he has proven to hold by a code."""
    if actor.kind is not ActorKind.RESIDENT:
        return []
    own = Person.objects.filter(pk=actor.id).values("phone_index")
    return [
        UUID(actor.id),
        *Person.objects.filter(phone_index__in=own).exclude(pk=actor.id).values_list("pk", flat=True),
    ]
