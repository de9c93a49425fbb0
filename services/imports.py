"""services.json of a city folder: items of the catalogue, read and checked; a fault names item and column."""

import json
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ledger.cityfolder import CityFolder
from services import rules
from services.models import Item

FILE = "services.json"
TEXTS = ("name_zh", "name_en", "who_zh", "who_en", "basis_zh", "basis_en")
DAYS = ("accept_days", "promised_days", "statutory_days", "supplement_days")
OPTIONAL = ("fee_basis_zh", "fee_basis_en", "words")


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item as the folder has it; departments by code."""

    code: str
    type: str
    audience: str
    accepting: str
    issuing: str
    name_zh: str
    name_en: str
    who_zh: str
    who_en: str
    basis_zh: str
    basis_en: str
    accept_days: int
    promised_days: int
    statutory_days: int
    supplement_days: int
    fee: Decimal
    fee_basis_zh: str
    fee_basis_en: str
    review: str
    words: str
    form: list[dict[str, Any]]
    materials: list[dict[str, Any]]
    licence: dict[str, Any]

    def values(self) -> dict[str, Any]:
        """Columns of services.models.Item but the departments."""
        return {name: value for name, value in asdict(self).items() if name not in ("accepting", "issuing")}


def read_items(folder: CityFolder) -> dict[str, ItemLine]:
    """Items by code. Faults are left in the folder, and what is at fault is left out."""
    found: dict[str, ItemLine] = {}
    rows = folder.json(FILE).get("items", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        line = _line(folder, number, row if isinstance(row, dict) else {})
        if line is None:
            continue
        if line.code in found:
            _refuse(folder, number, "code", f"item {line.code} is there twice")
        found[line.code] = line
    return found


def _refuse(folder: CityFolder, number: int, column: str, message: str) -> None:
    folder.refuse_file(FILE, message, row=number, column=column)


def _line(folder: CityFolder, number: int, row: dict[str, Any]) -> ItemLine | None:
    before = len(folder.faults)
    _check_names(folder, number, row)
    _check_limits(folder, number, row)
    _check_parts(folder, number, row)
    if len(folder.faults) > before:
        return None
    values: dict[str, Any] = {name: str(row.get(name, "")).strip() for name in (*TEXTS, *OPTIONAL)}
    values |= {name: row[name] for name in (*DAYS, "audience", "accepting", "issuing", "review", "form", "licence")}
    fee = Decimal(str(row.get("fee", 0))).quantize(Decimal("0.01"))
    return ItemLine(
        code=row["code"], type=str(row.get("type", "20")), fee=fee, materials=row.get("materials", []), **values
    )


def _check_names(folder: CityFolder, number: int, row: dict[str, Any]) -> None:
    code = str(row.get("code", ""))
    if len(code) != 12 or not code.isdigit():
        _refuse(folder, number, "code", "is not 12 digits")
    for column in TEXTS:
        if not str(row.get(column, "")).strip():
            _refuse(folder, number, column, "is empty")
    for column, known in (("audience", Item.Audience.values), ("review", list(rules.REVIEWS))):
        if row.get(column) not in known:
            _refuse(folder, number, column, f"is none of {', '.join(known)}")
    for column in ("accepting", "issuing"):
        if folder.known["departments"] and row.get(column) not in folder.known["departments"]:
            _refuse(folder, number, column, f"unknown department {row.get(column)}")


def _check_limits(folder: CityFolder, number: int, row: dict[str, Any]) -> None:
    for column in DAYS:
        if not isinstance(row.get(column), int) or not 0 < row[column] <= 200:
            _refuse(folder, number, column, "is not a number of working days")
            return
    if row["promised_days"] > row["statutory_days"]:
        _refuse(folder, number, "promised_days", "is longer than the statutory limit")
    if row["accept_days"] > 5:
        _refuse(folder, number, "accept_days", "the law allows at most 5 working days (行政许可法 32)")
    try:
        fee = Decimal(str(row.get("fee", 0)))
    except InvalidOperation:
        fee = Decimal(-1)
    if not fee.is_finite() or fee < 0:
        _refuse(folder, number, "fee", "is not an amount in yuan")


def _check_parts(folder: CityFolder, number: int, row: dict[str, Any]) -> None:
    fields, faults = rules.read_fields(row.get("form"))
    _materials, more = rules.read_materials(row.get("materials", []))
    _licence, last = rules.read_licence_kind(row.get("licence"))
    people = [field for field in fields if field.type == "person" and field.required and not field.when]
    if not people:
        faults.append("no field asks who applies")
    for fault in (*faults, *more, *last):
        _refuse(folder, number, "form", fault)


def items_of(edition_id: int) -> dict[str, ItemLine]:
    """What an edition holds, in the same shape. One statement."""
    rows = Item.objects.filter(edition=edition_id).select_related("accepting", "issuing").order_by("code")
    return {item.code: line_of(item) for item in rows}


def line_of(item: Item) -> ItemLine:
    """An item as the folder would write it."""
    copied = (*TEXTS, *DAYS, *OPTIONAL, "code", "type", "audience", "review", "fee", "form", "materials", "licence")
    values = {name: getattr(item, name) for name in copied}
    return ItemLine(accepting=item.accepting.code, issuing=item.issuing.code, **values)


def to_json(lines: list[ItemLine]) -> str:
    """services.json with these items."""
    rows = [{**asdict(line), "fee": str(line.fee)} for line in lines]
    return json.dumps({"items": rows}, ensure_ascii=False, indent=2) + "\n"
