"""Start-up checks: every registered name resolves, and the broker's options are those the promises rest on."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from ledger import kinds


def registered_names(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A handler that cannot be imported would let its promises wait for ever."""
    found: list[CheckMessage] = []
    for dotted, purpose in kinds.dotted_names():
        try:
            kinds.resolve(dotted)
        except ImportError as error:
            found.append(Error(f"{purpose}: {dotted} does not resolve ({error})", id="ledger.E001"))
    return found


def broker_options(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A hung task must end before the broker hands it to somebody else."""
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if visibility <= settings.CELERY_TASK_TIME_LIMIT or not settings.CELERY_TASK_ACKS_LATE:
        return [Error("Celery: time limit must be below the visibility timeout, with late acks", id="ledger.E002")]
    return []
