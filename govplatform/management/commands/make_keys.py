"""`manage.py make_keys`: the first keys of a production, which writes none itself; existing ones stay as they are."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """The settings wrote the keys when they saw this command's name; nothing can start without them, not even this."""

    help = "Write the first keys; those that exist stay as they are."
    requires_system_checks = []  # a site may make its keys before its SMS gateway and its database

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.KEYS_DIR / "keys.json"
        self.stdout.write(f"keys: {path}\nkeep a copy apart from the backups of the database: sealed values need it")
