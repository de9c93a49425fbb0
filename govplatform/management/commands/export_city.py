"""Write the city folder back from the database; loading it again changes nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from govplatform import cityload


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Write what the database knows of the city as a city folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="an empty or new folder")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["folder"]
        if target.exists() and any(target.iterdir()):
            raise CommandError(f"{target} is not empty")
        for name, text in sorted(cityload.exported().items()):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{name}: {len(text.splitlines())} lines")
