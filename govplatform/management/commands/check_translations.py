"""Is every text of the interface translated? Extracts anew and compares; the catalogue in the tree stays as it was."""

import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

LOCALE = "zh_Hans"
IGNORE = ["static/vendor/*", ".venv/*", "node_modules/*", "var/*", "tests/*", "bench/*"]


class Command(BaseCommand):
    help = "Fail when a text has no Chinese translation; with --write keep the new extraction."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--write", action="store_true", help="keep the extraction in locale/")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        try:
            call_command(
                "makemessages", locale=[LOCALE], ignore_patterns=IGNORE, no_location=True, no_obsolete=True, verbosity=0
            )
            missing = untranslated(path)
        finally:
            if not options["write"] and before:
                path.write_bytes(before)
        for text in missing:
            self.stdout.write(f"no translation: {text}")
        if missing:
            raise CommandError(f"{len(missing)} texts have no translation in {path}")
        self.stdout.write("all texts are translated")


def untranslated(path: Path) -> list[str]:
    """Msgids without a translation or with a fuzzy one."""
    found = []
    for choice in ("--untranslated", "--only-fuzzy"):
        run = subprocess.run(
            ["msgattrib", choice, "--no-obsolete", "--no-wrap", str(path)], check=True, capture_output=True, text=True
        )
        found += [line[7:-1] for line in run.stdout.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
    return found
