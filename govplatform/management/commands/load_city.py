"""Load a city folder: validate with file and line, show the difference, apply it. Loading twice changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from govplatform import cityload
from ledger.actions import install_test_clock
from ledger.actors import Actor, ActorKind
from ledger.cityfolder import CityFolder, city_path
from ledger.clock import app_now, shifted

FAULTS_SHOWN, LINES_SHOWN = 100, 20
DEMO_HISTORY = timedelta(days=120)
ACTOR = Actor(kind=ActorKind.CLOCK, label="load_city")


class Command(BaseCommand):
    requires_system_checks = ()  # runs at every start
    help = "Load the configured city folder into the database; every fault names its file and line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=None, help="another folder than the configured city")
        parser.add_argument("--check", action="store_true", help="validate and show the difference, write nothing")
        parser.add_argument("--full", action="store_true", help="compare even if the files have not changed")

    def handle(self, *args: Any, **options: Any) -> None:
        with _history():
            self._load(options)

    def _load(self, options: dict[str, Any]) -> None:
        path = options["folder"] or city_path()
        if not path.is_dir():
            raise CommandError(f"no city folder at {path}")
        folder, city = CityFolder(path), path.name
        fingerprint = cityload.digest(folder)
        if not (options["full"] or options["check"]) and cityload.last_digest(city) == fingerprint:
            self.stdout.write(f"city {city}: unchanged since the last load")
            return
        now = app_now()
        self._refuse(folder.faults + list(cityload.schema_faults(folder)))
        differences = list(cityload.run_parts(folder, apply=False, actor=ACTOR, now=now))
        self._refuse(folder.faults)
        self._show(differences)
        if options["check"]:
            return
        try:
            done = cityload.run_parts(folder, apply=True, actor=ACTOR, now=now)
            changes = {part.name: str(change) for part, change in done}
        except cityload.PartRefused as error:
            raise CommandError(str(error)) from error
        cityload.remember(city, fingerprint, changes, actor=ACTOR, now=now)
        self.stdout.write(self.style.SUCCESS(f"city {city}: loaded from {_short(path)}"))

    def _refuse(self, faults: list[Any]) -> None:
        unique = list(dict.fromkeys(str(fault) for fault in faults))
        if unique:
            for line in unique[:FAULTS_SHOWN]:
                self.stderr.write(line)
            raise CommandError(f"{len(unique)} faults; nothing was written")

    def _show(self, differences: list[Any]) -> None:
        for part, change in differences:
            self.stdout.write(f"{part.name}: {change}")
            for line in change.lines[:LINES_SHOWN]:
                self.stdout.write(f"  {line}")
            if len(change.lines) > LINES_SHOWN:
                self.stdout.write(f"  … and {len(change.lines) - LINES_SHOWN} more")


@contextmanager
def _history() -> Iterator[None]:
    """The cases of a demo reach 90 days back: what its folder brings has been in force since before them."""
    if not settings.DEMO:
        yield
        return
    install_test_clock()
    with shifted(-DEMO_HISTORY):
        yield


def _short(path: Path) -> Path:
    return path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path
