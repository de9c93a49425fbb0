"""`manage.py check_invariants`: what must always be true, read from the database; exit status 1 on a breach."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import kinds
from ledger.queries import breaches


class Command(BaseCommand):
    """One line per breach, ids only."""

    help = "Check the registered invariants (I1 to I8)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="which; all if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["names"]) - set(kinds.invariants)
        if unknown:
            raise CommandError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(kinds.invariants))}")
        found = breaches(options["names"])
        for name, lines in found.items():
            for line in lines:
                self.stdout.write(f"{name}: {line}")
        checked = options["names"] or sorted(kinds.invariants)
        if found:
            raise CommandError(f"{sum(map(len, found.values()))} breaches of {', '.join(found)}")
        self.stdout.write(f"{', '.join(checked)}: all hold")
