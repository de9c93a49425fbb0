"""Categories in force, kept in the process per edition: intake reads them without a statement."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from threading import Lock

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.models import Category, FilingCondition
from ledger.clock import app_now
from ledger.queries import edition_in_force

KEPT_SECONDS = 30.0
KIND = "categories"


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A filing condition with its handling limit: `budget` in `unit`."""

    id: int
    number: int
    text_zh: str
    text_en: str
    closing_zh: str
    closing_en: str
    unit: str
    budget: Decimal


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A minor class. `initials`: pinyin initials of name and words, for the search by keyboard.

    Arguments:
        public: offered to residents. active: offered to anybody (an inactive one is never public).
    """

    id: int
    key: str
    type: str
    major: str
    name_zh: str
    name_en: str
    major_zh: str
    major_en: str
    words: str
    public: bool
    initials: str
    active: bool
    conditions: tuple[ConditionRow, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One edition. `edition` is its primary key, 0 when the city has none yet."""

    edition: int
    rows: tuple[CategoryRow, ...]
    by_key: dict[str, CategoryRow]
    by_id: dict[int, CategoryRow]


_lock = Lock()
_edition: tuple[float, int] | None = None


def catalogue(at: datetime | None = None) -> Catalogue:
    """The edition in force; asked for at most once in 30 s per process, so a new one applies within that time.

    Arguments:
        at: the action's `app_now()`; None reads the clock when it is needed.
    """
    global _edition  # noqa: PLW0603 - one value per process, replaced as a whole
    with _lock:
        if _edition is None or not _edition[1] or time.monotonic() - _edition[0] > KEPT_SECONDS:
            found = edition_in_force(KIND, at or app_now())
            _edition = (time.monotonic(), found.pk if found else 0)
        edition = _edition[1]
    return _read(edition)


def forget_catalogue() -> None:
    """Ask for the edition in force again at the next use; after publishing one, and in tests."""
    global _edition  # noqa: PLW0603
    _edition = None
    _read.cache_clear()


def category(key: str, at: datetime) -> CategoryRow:
    """The category of a key in the edition in force.

    Raises:
        ValidationError: {"category": …} there is none, or it is no longer offered.
    """
    found = catalogue(at).by_key.get(key)
    if found is None or not found.active:
        raise ValidationError({"category": _("Choose a category from the list.")})
    return found


def category_by_id(category_id: int) -> CategoryRow:
    """A category of any edition, for example the one a case was reported under."""
    edition = _edition_of(category_id)
    return _read(edition).by_id[category_id]


@lru_cache(maxsize=4096)
def _edition_of(category_id: int) -> int:
    return Category.objects.values_list("edition_id", flat=True).get(pk=category_id)


@lru_cache(maxsize=8)
def _read(edition: int) -> Catalogue:
    conditions: dict[int, list[ConditionRow]] = {}
    for c in FilingCondition.objects.filter(category__edition_id=edition).order_by("category_id", "number"):
        conditions.setdefault(c.category_id, []).append(
            ConditionRow(c.pk, c.number, c.text_zh, c.text_en, c.closing_zh, c.closing_en, c.unit, c.budget)
        )
    rows = tuple(_row(c, conditions.get(c.pk, [])) for c in Category.objects.filter(edition_id=edition).order_by("pk"))
    return Catalogue(edition, rows, {row.key: row for row in rows}, {row.id: row for row in rows})


def _row(c: Category, conditions: list[ConditionRow]) -> CategoryRow:
    return CategoryRow(
        c.pk, c.key, c.type, c.major, c.name_zh, c.name_en, c.major_zh, c.major_en, c.words,
        c.public and c.active, c.initials, c.active, tuple(conditions),
    )  # fmt: skip


def category_names(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Chinese and English name of categories by key, of the newest edition that has them; for lists of cases."""
    newest = catalogue().by_key
    known = {key: newest[key] for key in keys if key in newest}
    missing = set(keys) - set(known)
    names = {key: (row.name_zh, row.name_en) for key, row in known.items()}
    if missing:
        older = Category.objects.filter(key__in=missing).order_by("pk").values_list("key", "name_zh", "name_en")
        names.update({key: (zh, en) for key, zh, en in older})
    return names


def search_categories(text: str, *, at: datetime, public: bool, limit: int = 12) -> list[CategoryRow]:
    """Categories that fit Chinese words, pinyin initials, English words or a code; the best first.

    Arguments:
        text: what was typed; "" gives the first ones in the order of the standard.
        public: only those offered to residents.
    """
    rows = [row for row in catalogue(at).rows if row.public or (row.active and not public)]
    wanted = text.lower().split()
    if not wanted:
        return rows[:limit]
    ranked = [(_rank(row, wanted), place, row) for place, row in enumerate(rows)]
    return [row for rank, _place, row in sorted(ranked, key=lambda item: item[:2]) if rank < 9][:limit]


def _rank(row: CategoryRow, wanted: Iterable[str]) -> int:
    """0 is the best fit; 9 none."""
    return max(_word_rank(row, word) for word in wanted)


def _word_rank(row: CategoryRow, word: str) -> int:
    if word in row.name_zh:
        return 0 if row.name_zh.startswith(word) else 1
    if word in row.words:
        return 2
    english = row.name_en.lower()
    if english.startswith(word) or f" {word}" in english:
        return 3
    if any(initials.startswith(word) for initials in row.initials.split()):
        return 4
    return 5 if word in row.key else 9


def categories_by_major(at: datetime, *, public: bool) -> dict[tuple[str, str, str], list[CategoryRow]]:
    """(type, name of the major class in Chinese, in English) → its categories, in the order of the standard."""
    found: dict[tuple[str, str, str], list[CategoryRow]] = {}
    for row in catalogue(at).rows:
        if row.public or (row.active and not public):
            found.setdefault((row.type, row.major_zh, row.major_en), []).append(row)
    return found
