"""Messages that leave the house: SMS and e-mail behind one function. Without a provider the stand-in takes its place
(accounts.actions.outbox); production refuses the stand-in (accounts.checks).

Called by promise handlers outside every transaction. The idempotency key goes along, so that a message repeated after a
crash is delivered once.
"""

import json
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context
from django.template.loader import select_template
from django.utils import translation

from ledger.promises import Transient

TIMEOUT_SECONDS = 5.0
ANSWER_BYTES = 65536


def render(kind: str, data: dict[str, Any], language: str) -> str:
    """Text of a notice: first line is its title.

    Arguments:
        language: "" means the city's default.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        found = select_template([f"accounts/notices/{kind}.txt", "accounts/notices/default.txt"])
        # plain text: what is shown on a page is escaped there
        return str(found.template.render(Context(data, autoescape=False))).strip()


def provider(channel: str) -> bool:
    """True if a real provider is configured for the channel and this is no demo."""
    return not settings.DEMO and bool(settings.EMAIL_DOMAIN if channel == "email" else settings.SMS_GATEWAY_URL)


def deliver(channel: str, *, recipient: str, body: str, idempotency_key: str) -> str:
    """Hand a message to the provider of the channel.

    Arguments:
        channel: "sms" or "email".
        recipient: clear phone number or address.

    Returns:
        the provider's reference.

    Raises:
        Transient: the provider is away or busy.
        ValueError: the provider refuses the message.
    """
    if channel == "email":
        return _mail(recipient, body, idempotency_key)
    return _sms(recipient, body, idempotency_key)


def _mail(recipient: str, body: str, idempotency_key: str) -> str:
    reference = f"<{idempotency_key}@{settings.EMAIL_DOMAIN}>"
    title, _, rest = body.partition("\n")
    message = EmailMessage(subject=title, body=rest.strip() or title, to=[recipient], headers={"Message-ID": reference})
    try:
        message.send()
    except OSError as error:
        raise Transient(type(error).__name__) from error
    return reference


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _sms(recipient: str, body: str, idempotency_key: str) -> str:
    """POST {"to", "text"} as JSON to the configured gateway; it answers {"reference": "…"}."""
    request = urllib.request.Request(  # noqa: S310 - https is checked by gateway_check
        settings.SMS_GATEWAY_URL,
        data=json.dumps({"to": recipient, "text": body}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
            "Idempotency-Key": idempotency_key,
        },
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT_SECONDS) as response:
            answer = json.loads(response.read(ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        if error.code in (408, 429) or error.code >= 500:
            raise Transient(str(error.code)) from error
        raise ValueError(f"the SMS gateway refuses: {error.code}") from error
    except (OSError, ValueError) as error:
        raise Transient(type(error).__name__) from error
    return str(answer.get("reference", ""))
