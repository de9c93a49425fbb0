"""`manage.py relay`: the loop that keeps promises moving whatever else is down."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from ledger.actions import relay_round

log = logging.getLogger(__name__)
ROUND_SECONDS = 2.0


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; a round that fails is tried again, the process stays."""

    help = "Re-nudge promises that were left lying, run them here while broker or workers are away, sing the canary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            ran = _round()
            if options["once"]:
                return
            if not ran:  # with work at hand the next round follows at once
                stop.wait(ROUND_SECONDS)


def _round() -> int:
    try:
        return relay_round()
    except DatabaseError as error:
        log.warning("database away: %s", type(error).__name__)
    except Exception:
        log.exception("a round of the relay failed; the next follows")
    connection.close()
    return 0
