"""Handing a message over: to the provider, or in demo and tests to the stand-in, which keeps it instead."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from accounts.gateways import deliver, provider
from accounts.models import StandInMessage
from ledger.clock import app_now
from ledger.masks import mask_text


def hand_over(*, channel: str, recipient: str, body: str, idempotency_key: str) -> str:
    """Send one message, outside every transaction; the same key twice is one message.

    Arguments:
        channel: "sms" or "email".
        recipient: clear phone number or address.

    Returns:
        the provider's reference.

    Raises:
        Transient: the provider is away.
        ImproperlyConfigured: production without a provider.
    """
    if provider(channel):
        return deliver(channel, recipient=recipient, body=body, idempotency_key=idempotency_key)
    if settings.PRODUCTION:
        raise ImproperlyConfigured(f"production has no provider for {channel} and refuses the stand-in")
    return _keep(channel, recipient, body, idempotency_key)


@transaction.atomic(durable=True)
def _keep(channel: str, recipient: str, body: str, idempotency_key: str) -> str:
    message, _new = StandInMessage.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={
            "channel": channel,
            "recipient": mask_text("email" if channel == "email" else "phone", recipient),
            "body": body,
            "at": app_now(),
        },
    )
    return f"stand-in-{message.pk}"
