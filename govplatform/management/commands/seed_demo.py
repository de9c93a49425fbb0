"""`manage.py seed_demo`: the cases of the demo. `--first 40` for the moment the pages open, `--rest` for the others."""

import subprocess
import sys
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from govplatform.demo.play import Play
from govplatform.demo.scenario import stories
from ledger.actions import install_test_clock

TOLD_EVERY = 20
PARTS = 2  # processes that share the rest


class Command(BaseCommand):
    requires_system_checks = ()  # runs at every start
    help = "Make the demo's cases through the real actions; playing again goes on where it stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--first", type=int, default=None, help="only so many cases")
        group.add_argument("--rest", action="store_true", help="all cases (those that stand are left alone)")
        group.add_argument("--part", type=int, default=None, help="one share of the rest; --rest starts these itself")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("the demo exists in demo mode only (GOVPLATFORM_DEMO=1)")
        install_test_clock()
        others = [self._start(part) for part in range(1, PARTS)] if options["rest"] else []
        part = 0 if options["rest"] else options["part"]
        chosen = list(islice(stories(), options["first"]))
        if part is not None:
            chosen = chosen[part::PARTS]
        play = Play(chosen, lambda begun: self._tell(begun, len(chosen)) if not part else None)
        count = play.run()
        if not part:
            self.stdout.write(f"demo: {count * (PARTS if others else 1)} cases stand")
        if any(other.wait() for other in others):
            raise CommandError("a part of the demo was not made; run seed_demo --rest again")

    def _start(self, part: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, sys.argv[0], "seed_demo", "--part", str(part)])

    def _tell(self, begun: int, whole: int) -> None:
        if begun % TOLD_EVERY == 0:
            self.stdout.write(f"demo: {begun} of {whole} cases")
            self.stdout.flush()
