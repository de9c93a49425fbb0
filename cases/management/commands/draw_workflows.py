"""Write docs/workflows/<kind>.md from the tables, or check that they are up to date."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases import kinds
from cases.management.drawing import page


class Command(BaseCommand):
    help = "Draws every registered workflow into docs/workflows; --check fails when a drawing is out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if something would change")
        parser.add_argument("--folder", type=Path, default=Path(settings.BASE_DIR) / "docs" / "workflows")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        stale = []
        for kind in kinds.all_kinds():
            path, text = folder / f"{kind.slug}.md", page(kind, kinds.workflow(kind.slug))
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path.name)
            if not options["check"]:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        if stale and options["check"]:
            raise CommandError(f"out of date, run manage.py draw_workflows: {', '.join(stale)}")
        self.stdout.write(f"{len(stale)} written" if stale else "up to date")
