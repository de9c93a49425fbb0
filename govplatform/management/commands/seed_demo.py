"""`manage.py seed_demo`: the cases of the demo. `--first 40` for the moment the pages open, `--rest` for the others,
`--rooms` for boundaries, wages, drafts and applications alone.
"""

import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from govplatform.demo.boundaries import redraw
from govplatform.demo.cast import Cast
from govplatform.demo.drafts import drafts
from govplatform.demo.leave import leave
from govplatform.demo.papers import papers
from govplatform.demo.play import Play
from govplatform.demo.scenario import FIRST, stories
from govplatform.demo.services import Matters
from govplatform.demo.wages import WageDemo
from ledger.actions import audit, install_test_clock
from ledger.actors import CLOCK
from ledger.clock import app_now
from ledger.models import AuditEntry

TOLD_EVERY = 20
PARTS = 2  # processes that share the rest
PLAYED = "demo.played"
MATTERS = "matters"


class Command(BaseCommand):
    """An interrupted run goes on where it stopped; what was played to the end is left to those who try it."""

    requires_system_checks = ()  # runs at every start
    help = "Make the demo's cases through the real actions; a part that was played to the end is not played again."

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--first", type=int, default=None, help="only so many cases")
        group.add_argument("--rest", action="store_true", help="all cases (those that stand are left alone)")
        group.add_argument("--rooms", action="store_true", help="boundaries, wages, drafts, applications; no incidents")
        group.add_argument("--part", type=int, default=None, help="one share of the rest; --rest starts these itself")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("the demo exists in demo mode only (GOVPLATFORM_DEMO=1)")
        name = _name(options)
        rooms = options["rest"] or options["rooms"]
        install_test_clock()
        if rooms and redraw():
            self.stdout.write("demo: a village redrawn, a draft waits")
        others = [self._start(part) for part in range(1, PARTS)] if options["rest"] else []
        if rooms:
            _once("wages", lambda: WageDemo(Cast()).seed())
        if not options["rooms"] and not _was_played(name):
            self._play(options["first"], options["part"] or 0, alone=not (options["rest"] or options["part"]))
            _remember(name)
        self._afterwards(rooms=rooms, whole=not options["first"] and not options["part"])
        if any(other.wait() for other in others):
            raise CommandError("a part of the demo was not made; run seed_demo --rest again")
        self.stdout.write("demo: all its cases stand" if options["rest"] else f"demo: {name} stands")

    def _play(self, first: int | None, part: int, *, alone: bool) -> None:
        begin = FIRST if not alone and _was_played(f"first-{FIRST}") else 0
        chosen = [story for story in islice(stories(), begin, first) if alone or story.number % PARTS == part]
        Play(chosen, lambda begun: None if part else self._tell(begun, len(chosen))).run()

    def _afterwards(self, *, rooms: bool, whole: bool) -> None:
        if rooms:
            _once("drafts", drafts)
            _once("papers", papers)
            _once("leave", leave)
        if whole:
            self._matters()

    def _matters(self) -> None:
        """Applications and licences, once."""
        if _was_played(MATTERS):
            return
        count = Matters(lambda begun: None).run()
        _remember(MATTERS)
        self.stdout.write(f"demo: {count} applications stand")

    def _start(self, part: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, sys.argv[0], "seed_demo", "--part", str(part)])

    def _tell(self, begun: int, whole: int) -> None:
        if begun % TOLD_EVERY == 0:
            self.stdout.write(f"demo: {begun} of {whole} cases")
            self.stdout.flush()


def _name(options: dict[str, Any]) -> str:
    """What is made, for the audit and the terminal."""
    if options["rooms"]:
        return "rooms"
    return f"first-{options['first']}" if options["first"] else f"part-{options['part'] or 0}"


def _was_played(name: str) -> bool:
    return AuditEntry.objects.filter(action=PLAYED, object_id=name).exists()


def _once(name: str, act: Callable[[], object]) -> None:
    if not _was_played(name):
        act()
        _remember(name)


@transaction.atomic
def _remember(name: str) -> None:
    audit(actor=CLOCK, action=PLAYED, now=app_now(), object_kind="demo", object_id=name)
