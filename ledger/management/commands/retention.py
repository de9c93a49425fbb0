"""`manage.py retention`: the retention table with what is due now. Writes nothing; the hourly job does the work."""

from typing import Any

from django.core.management.base import BaseCommand

from ledger.clock import app_now
from ledger.queries import retention_table


class Command(BaseCommand):
    """A dry run of the retention job."""

    help = "Show per model how long personal data is kept and how many rows are due. Writes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [("model", "fields", "action", "days", "due now")]
        for row in retention_table(now=app_now()):
            days = "-" if row.days is None else str(row.days)
            due = "-" if row.due is None else str(row.due)
            lines.append((row.row.model, ",".join(row.row.fields), row.row.action, days, due))
        widths = [max(len(line[column]) for line in lines) for column in range(5)]
        for line in lines:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
