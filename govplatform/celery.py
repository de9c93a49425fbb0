"""The Celery application. Its options are in settings under CELERY_; why: docs/reliability.md."""

import os

from celery import Celery
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govplatform.settings")


class Slots(redis.QoS):
    """A message that cannot be acknowledged gives its slot back all the same.

    Kombu keeps the slot: after an outage of Redis in which as many acknowledgements fail as there are slots, the worker
    is connected and takes no message any more. Redis hands such a message out again, and finds its promises done.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            self._quick_ack(delivery_tag)  # type: ignore[attr-defined]

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue)
        finally:
            self._quick_ack(delivery_tag)  # type: ignore[attr-defined]


redis.Channel.QoS = Slots

app = Celery("govplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ledger"])
