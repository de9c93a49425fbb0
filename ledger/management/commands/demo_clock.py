"""`manage.py demo_clock`: move the clock of a demo database, for showing deadlines and for tests."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.actions import install_test_clock, set_database_offset


class Command(BaseCommand):
    """Connections that are open keep their clock; restart the processes."""

    help = "Move the clock of every new connection by so many hours (demo and test databases only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("hours", nargs="?", type=float, help="hours to add; without it only make the clock movable")
        parser.add_argument("--reset", action="store_true", help="put the clock right again")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["reset"]:
                set_database_offset(offset=None)
            elif options["hours"] is None:
                install_test_clock()
            else:
                set_database_offset(offset=timedelta(hours=options["hours"]))
        except PermissionError as error:
            raise CommandError(str(error)) from error
