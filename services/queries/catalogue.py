"""The catalogue of services in force, and what the kernel asks of an item: limits, the accepting body, names."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cases.kinds import Target
from cases.models import Case
from ledger.clock import app_now
from ledger.queries import edition_in_force
from services import rules
from services.models import Item

CATALOGUE = "catalogue"  # kind of ledger.Edition
DAYS = ("accept_days", "promised_days", "statutory_days", "supplement_days")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A service item of the edition it belongs to. Limits in working days, the fee in yuan.

    Arguments:
        audience: person | organisation | both. review: simple | serial | parallel.
        accepting_*, issuing_*: names of the bodies that accept and decide.
    """

    id: int
    code: str
    type: str
    name_zh: str
    name_en: str
    audience: str
    accepting_id: int
    accepting_zh: str
    accepting_en: str
    issuing_zh: str
    issuing_en: str
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
    fields: tuple[rules.Field, ...]
    materials: tuple[rules.Material, ...]
    licence: rules.LicenceKind | None
    edition: int
    in_force_from: datetime | None

    @property
    def category(self) -> str:
        """Key path of its cases, what routing rules begin with."""
        return f"service/{self.code}"


COPIED = (
    "id", "code", "type", "name_zh", "name_en", "audience", "accepting_id", "who_zh", "who_en", "basis_zh", "basis_en",
    *DAYS, "fee", "fee_basis_zh", "fee_basis_en", "review", "words",
)  # fmt: skip


def _row(item: Item) -> ItemRow:
    return ItemRow(
        **{name: getattr(item, name) for name in COPIED},
        accepting_zh=item.accepting.name_zh,
        accepting_en=item.accepting.name_en,
        issuing_zh=item.issuing.name_zh,
        issuing_en=item.issuing.name_en,
        fields=rules.read_fields(item.form)[0],
        materials=rules.read_materials(item.materials)[0],
        licence=rules.read_licence_kind(item.licence)[0],
        edition=item.edition.number,
        in_force_from=item.edition.effective_from,
    )


def _items() -> Any:
    return Item.objects.select_related("edition", "accepting", "issuing")


def catalogue_edition(at: datetime) -> int | None:
    """Primary key of the edition of the catalogue in force at a moment."""
    found = edition_in_force(CATALOGUE, at)
    return found.pk if found is not None else None


def catalogue_public(at: datetime | None = None) -> list[ItemRow]:
    """Every item anybody may apply for at a moment (now), by code. Two statements and a clock."""
    edition = catalogue_edition(at or app_now())
    return [_row(item) for item in _items().filter(edition=edition).order_by("code")] if edition else []


def search_items(text: str, *, audience: str = "", at: datetime) -> list[ItemRow]:
    """Items whose name, everyday word or code holds every word that was typed.

    Arguments:
        audience: "person" or "organisation": only what they may apply for; "" all.
    """
    words = text.lower().split()[:8]
    found = []
    for row in catalogue_public(at):
        hay = f"{row.name_zh} {row.name_en} {row.words} {row.code}".lower()
        if all(word in hay for word in words) and (not audience or row.audience in ("both", audience)):
            found.append(row)
    return found


def item_by_code(code: str, at: datetime) -> ItemRow | None:
    """The item of the catalogue in force; None if there is none."""
    edition = catalogue_edition(at)
    item = _items().filter(edition=edition, code=code).first() if edition else None
    return _row(item) if item is not None else None


def item_by_id(item_id: int) -> ItemRow:
    """An item of any edition: what a matter was filed under."""
    return _row(_items().get(pk=item_id))


def deadline(case: Case, stage: str, data: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """Limit of a stage by the item the case was filed under (cases.kinds: deadline). At most one statement."""
    if stage not in rules.DAYS:
        return None
    days = Item.objects.filter(pk=case.answers.get("item", 0)).values(*DAYS).first()
    return rules.own_limit(stage, days) if days is not None else None


def accepting_body(case: Case, now: datetime) -> Target | None:
    """Who accepts the case and keeps it between two departments. One statement."""
    found = Item.objects.filter(pk=case.answers.get("item", 0)).values_list("accepting_id", flat=True).first()
    return Target(found) if found is not None else None


def category_names(keys: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Names of the categories of cases: the newest name of each item. One statement."""
    codes = {key.removeprefix("service/") for key in keys}
    rows = Item.objects.filter(code__in=codes).order_by("edition__number")
    return {f"service/{code}": (zh, en) for code, zh, en in rows.values_list("code", "name_zh", "name_en")}
