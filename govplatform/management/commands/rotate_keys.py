"""`manage.py rotate_keys`: a new sealing key without stopping the service.

1. `rotate_keys --add` writes a new key beside the old ones; restart all processes, now everyone can read it.
2. `rotate_keys --use k2` makes it the one to seal with; restart again. Old and new values are both readable.
3. `rotate_keys` seals every value anew. It may be interrupted and run again. `rotate_keys --drop k1` then forgets a key
   that nothing is sealed with any more.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ledger.actions import rotate_column, sealed_columns
from ledger.sealed import SealBroken, key_prefix


class Command(BaseCommand):
    """Without an option: seal every value that is not under the current key anew."""

    help = "Rotate the keys of sealed values."

    def add_arguments(self, parser: CommandParser) -> None:
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--add", action="store_true", help="write a new key; restart all processes afterwards")
        step.add_argument(
            "--use", metavar="ID", help="seal with this key from now on; restart all processes afterwards"
        )
        step.add_argument("--drop", metavar="ID", help="forget a key nothing is sealed with")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.KEYS_DIR) / "keys.json"
        if options["add"]:
            self.stdout.write(f"added {_add(path)}; restart all processes, then --use it")
        elif options["use"]:
            _use(path, options["use"])
            self.stdout.write(f"sealing with {options['use']} after a restart; then run rotate_keys")
        elif options["drop"]:
            _drop(path, options["drop"])
            self.stdout.write(f"dropped {options['drop']}")
        else:
            self._rotate()

    def _rotate(self) -> None:
        total = 0
        for table, pk, column in sealed_columns():
            try:
                count = sum(rotate_column(table=table, pk=pk, column=column))
            except SealBroken as error:
                raise CommandError(
                    f"{table}.{column}: a value does not open ({error}); nothing of its batch changed"
                ) from error
            total += count
            self.stdout.write(f"{table}.{column}: {count}")
        self.stdout.write(f"{total} values sealed anew with {settings.KEYS.current}")


def _change(path: Path, data: dict[str, Any]) -> None:
    """Replace the file as a whole; a reader never meets half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(data, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _add(path: Path) -> str:
    data = json.loads(path.read_text())
    name = f"k{max(int(key[1:]) for key in data['sealing']) + 1}"
    data["sealing"][name] = secrets.token_hex(32)
    _change(path, data)
    return name


def _use(path: Path, name: str) -> None:
    data = json.loads(path.read_text())
    if name not in data["sealing"]:
        raise CommandError(f"no key {name}; there are {', '.join(data['sealing'])}")
    data["current"] = name
    _change(path, data)


def _drop(path: Path, name: str) -> None:
    data = json.loads(path.read_text())
    if name not in data["sealing"] or name == data["current"]:
        raise CommandError(f"{name} is unknown or in use")
    for table, _, column in sealed_columns():
        quote = connection.ops.quote_name
        prefix = key_prefix(name)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {quote(table)} WHERE substring({quote(column)} FROM 1 FOR %s) = %s)",  # noqa: S608
                [len(prefix), prefix],
            )
            if cursor.fetchone()[0]:
                raise CommandError(f"{table}.{column} still has values under {name}; run rotate_keys first")
    del data["sealing"][name]
    _change(path, data)
