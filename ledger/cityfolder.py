"""A city is a folder: how its files are read, where a fault stands, and how a change is told. Pure; no database."""

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and where: file inside the folder, line in it (0 = the whole file), column or property."""

    file: str
    row: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.row}" if self.row else self.file
        return f"{where}: {self.field + ': ' if self.field else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class Row:
    """One data line of a CSV file with the number an editor shows for it."""

    file: str
    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(slots=True)
class Change:
    """What a part would do or did; `lines` tell the difference to a person."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    same: int = 0
    lines: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.ended)

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.ended} ended, {self.same} unchanged"


class CityFolder:
    """The folder being loaded: reads files, collects faults, and remembers codes one part brings for the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.known: defaultdict[str, set[str]] = defaultdict(set)

    def rows(self, file: str, *, required: Sequence[str]) -> Iterator[Row]:
        """Lines of a UTF-8 CSV file with a header; an absent file has no lines, an absent column is a fault."""
        path = self.path / file
        if not path.exists():
            return
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.refuse_file(file, "is not UTF-8")
            return
        reader = csv.DictReader(io.StringIO(text, newline=""))
        missing = [column for column in required if column not in (reader.fieldnames or ())]
        if missing:
            self.faults.append(Fault(file, 1, missing[0], "column is missing"))
            return
        for values in reader:
            row = Row(file, reader.line_num, {key: (value or "").strip() for key, value in values.items() if key})
            if None in values:
                self.refuse(row, "", "more cells than columns")
            else:
                yield row

    def json(self, file: str) -> Any:
        """Content of a JSON or GeoJSON file; an absent one reads as {}, a broken one as {} with a fault."""
        path = self.path / file
        if not path.exists():
            return {}
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            self.faults.append(Fault(file, getattr(error, "lineno", 0), "", f"is not JSON: {error}"))
            return {}

    def refuse(self, row: Row, column: str, message: str) -> None:
        self.faults.append(Fault(row.file, row.number, column, message))

    def refuse_file(self, file: str, message: str, *, row: int = 0, column: str = "") -> None:
        self.faults.append(Fault(file, row, column, message))

    def digest(self, also: str = "") -> str:
        """SHA-256 over names and contents of all files, and over `also` (what else decides the outcome of loading)."""
        total = hashlib.sha256(also.encode())
        for path in sorted(item for item in self.path.rglob("*") if item.is_file()):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(self.path).as_posix()}\0{content}\n".encode())
        return total.hexdigest()


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV text with a header, `\\n` line ends; None is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def city_path(name: str = "") -> Path:
    """Folder of a city, by default of the configured one (setting CITY)."""
    return Path(settings.CITIES_DIR) / (name or settings.CITY)


@lru_cache(maxsize=4)
def city_config(name: str = "") -> dict[str, Any]:
    """city.json: names, phones, map. Read once per process."""
    path = city_path(name) / "city.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
