"""System checks."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def gateway_check(**kwargs: Any) -> list[CheckMessage]:
    """System check: production has a real SMS gateway over https; the stand-in is for demo and tests."""
    if not settings.PRODUCTION:
        return []
    if not settings.SMS_GATEWAY_URL.startswith("https://") or not settings.SMS_GATEWAY_TOKEN:
        hint = "set GOVPLATFORM_SMS_GATEWAY_URL (https) and GOVPLATFORM_SMS_GATEWAY_TOKEN"
        return [Error("production has no SMS gateway and refuses the stand-in", hint=hint, id="accounts.E001")]
    return []
