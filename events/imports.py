"""Reads the catalogue of categories and filing conditions of a city folder; every fault with its file and row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from cases.workflow import UNITS
from events.models import Category, FilingCondition
from ledger.cityfolder import CityFolder, Row, to_csv

CATEGORIES = "categories.csv"
CONDITIONS = "conditions.csv"
CATEGORY_COLUMNS = (
    "system", "type", "major", "minor", "name_zh", "name_en", "major_zh", "major_en", "words", "initials", "public",
    "active",
)  # fmt: skip
FLAGS = ("public", "active")
CONDITION_COLUMNS = ("category", "number", "text_zh", "text_en", "closing_zh", "closing_en", "unit", "budget")
YES_NO = {"yes": True, "no": False}
NO_YES = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One filing condition; `budget` is in `unit`."""

    number: int
    text_zh: str
    text_en: str
    closing_zh: str
    closing_en: str
    unit: str
    budget: Decimal


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One minor class with its conditions, as a value that can be compared with what is in force."""

    system: str
    type: str
    major: str
    minor: str
    name_zh: str
    name_en: str
    major_zh: str
    major_en: str
    words: str
    initials: str
    public: bool
    active: bool = True
    conditions: list[ConditionLine] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What routing rules prefix-match: "event/01/0112"."""
        return f"{self.type}/{self.major}/{self.major}{self.minor}"


def read_catalogue(folder: CityFolder) -> dict[str, CategoryLine]:
    """Categories by key, with their conditions in order. Faults are left in the folder."""
    found: dict[str, CategoryLine] = {}
    for row in folder.rows(CATEGORIES, required=CATEGORY_COLUMNS[:-1]):
        line = _category(folder, row)
        if line is None:
            continue
        if line.key in found:
            folder.refuse(row, "minor", f"{line.key} is there twice")
        found[line.key] = line
    for row in folder.rows(CONDITIONS, required=CONDITION_COLUMNS):
        _condition(folder, row, found)
    for key, line in found.items():
        if not line.conditions:
            folder.refuse_file(CONDITIONS, f"{key} has no filing condition: it could never be filed")
    return found


def _category(folder: CityFolder, row: Row) -> CategoryLine | None:
    if row["type"] not in Category.Type.values:
        folder.refuse(row, "type", f"must be one of {', '.join(Category.Type.values)}")
        return None
    for column in ("major", "minor"):
        if len(row[column]) != 2 or not row[column].isdigit():
            folder.refuse(row, column, "must be two digits")
            return None
    for column in ("system", "name_zh", "name_en", "major_zh", "major_en"):
        if not row[column]:
            folder.refuse(row, column, "is empty")
    if re.search(r"[^a-z0-9 ]", row["initials"]):
        folder.refuse(row, "initials", "must be small letters and digits, a word for every spoken name")
    texts: dict[str, Any] = {column: row[column] for column in CATEGORY_COLUMNS if column not in FLAGS}
    flags = _flags(folder, row)
    return CategoryLine(**texts, public=flags["public"], active=flags["active"])


def _flags(folder: CityFolder, row: Row) -> dict[str, bool]:
    """Who is offered it; a folder need not say that a category is offered at all."""
    flags = {"public": row["public"], "active": row["active"] or "yes"}
    for column, value in flags.items():
        if value not in YES_NO:
            folder.refuse(row, column, "must be yes or no")
    return {column: YES_NO.get(value, False) for column, value in flags.items()}


def _condition(folder: CityFolder, row: Row, found: dict[str, CategoryLine]) -> None:
    category = found.get(row["category"])
    if category is None:
        folder.refuse(row, "category", f"no such category: {row['category']}")
        return
    if row["number"] != str(len(category.conditions) + 1):
        folder.refuse(row, "number", f"must be {len(category.conditions) + 1}: conditions are numbered from 1")
    if row["unit"] not in UNITS:
        folder.refuse(row, "unit", f"must be one of {', '.join(UNITS)}")
    budget = _budget(row["budget"])
    if budget is None:
        folder.refuse(row, "budget", "must be a number above 0, at most two decimals")
    for column in ("text_zh", "text_en"):
        if not row[column]:
            folder.refuse(row, column, "is empty")
    texts = {column: row[column] for column in CONDITION_COLUMNS[2:7]}
    category.conditions.append(ConditionLine(len(category.conditions) + 1, **texts, budget=budget or Decimal(0)))


def _budget(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value.quantize(Decimal("0.01")) if value.is_finite() and 0 < value < 10000 else None


def catalogue_of(edition_id: int) -> dict[str, CategoryLine]:
    """What an edition holds, in the same shape as `read_catalogue`. Three statements."""
    conditions: dict[int, list[ConditionLine]] = {}
    for row in FilingCondition.objects.filter(category__edition_id=edition_id).order_by("category_id", "number"):
        conditions.setdefault(row.category_id, []).append(
            ConditionLine(row.number, row.text_zh, row.text_en, row.closing_zh, row.closing_en, row.unit, row.budget)
        )
    found: dict[str, CategoryLine] = {}
    for category in Category.objects.filter(edition_id=edition_id).select_related("system").order_by("pk"):
        line = CategoryLine(
            system=category.system.code,
            **{column: getattr(category, column) for column in CATEGORY_COLUMNS[1:]},
            conditions=conditions.get(category.pk, []),
        )
        found[line.key] = line
    return found


def differences(old: dict[str, CategoryLine], new: dict[str, CategoryLine]) -> Iterator[tuple[str, str]]:
    """(sign, key) of every category added (+), changed (~) or ended (-)."""
    for key, line in new.items():
        if key not in old:
            yield "+", key
        elif line != old[key]:
            yield "~", key
    yield from (("-", key) for key in old if key not in new)


def to_files(lines: dict[str, CategoryLine]) -> dict[str, str]:
    """The two files of the city folder from an edition."""
    categories = [
        [*(getattr(line, column) for column in CATEGORY_COLUMNS[:-2]), *(NO_YES[getattr(line, f)] for f in FLAGS)]
        for line in lines.values()
    ]
    conditions = [
        [key, c.number, c.text_zh, c.text_en, c.closing_zh, c.closing_en, c.unit, f"{c.budget.normalize():f}"]
        for key, line in lines.items()
        for c in line.conditions
    ]
    return {
        CATEGORIES: to_csv(CATEGORY_COLUMNS, categories),
        CONDITIONS: to_csv(CONDITION_COLUMNS, conditions),
    }
