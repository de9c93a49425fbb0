"""Features of a GeoJSON file that stands one feature a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.cityfolder import CityFolder

FIRST_LINE = 2


@dataclass(frozen=True, slots=True)
class Feature:
    """Properties and geometry, with the line a fault is told by."""

    file: str
    line: int
    properties: dict[str, Any]
    geometry: dict[str, Any]

    def text(self, name: str) -> str:
        value = self.properties.get(name, "")
        return str(value) if value is not None else ""


def features(folder: CityFolder, file: str) -> Iterator[Feature]:
    """Features of a file; what is no feature is refused."""
    content = folder.json(file)
    items = content.get("features", []) if isinstance(content, dict) else []
    for line, item in enumerate(items, start=FIRST_LINE):
        geometry = item.get("geometry") if isinstance(item, dict) else None
        if not isinstance(geometry, dict) or not isinstance(item.get("properties"), dict):
            folder.refuse_file(file, "is not a feature with properties and geometry", row=line)
            continue
        yield Feature(file, line, item["properties"], geometry)


def refuse(folder: CityFolder, item: Feature, column: str, message: str) -> None:
    folder.refuse_file(item.file, message, row=item.line, column=column)


def as_date(text: str) -> date | None:
    """A day written YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
