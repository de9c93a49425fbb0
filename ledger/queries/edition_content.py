"""What stands in an edition, and the readable difference between two: words for people, made from a kind's `rows`."""

from dataclasses import dataclass

from ledger import kinds
from ledger.queries.editions import english

NONE = "—"


@dataclass(frozen=True, slots=True)
class ContentRow:
    """One row with its fields: (label, text) in the order of the columns."""

    code: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that reads otherwise now."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs. `sign`: + added, - taken out, ~ changed; `fields`: all it has, or the changed ones."""

    sign: str
    code: str
    fields: tuple[FieldChange, ...]


def edition_labels(kind: str) -> dict[str, str]:
    """Field → label in the reader's language."""
    return {name: pair[1] if english() else pair[0] for name, pair in kinds.editions[kind].fields.items()}


def edition_rows(kind: str, edition_id: int) -> dict[str, dict[str, str]]:
    """Content of an edition as its kind tells it to people: code → field → text."""
    found: dict[str, dict[str, str]] = kinds.resolve(kinds.editions[kind].rows)(edition_id)
    return found


def edition_content(kind: str, edition_id: int) -> list[ContentRow]:
    """The table of an edition."""
    labels = edition_labels(kind)
    return [
        ContentRow(code, tuple((label, row.get(name) or NONE) for name, label in labels.items()))
        for code, row in edition_rows(kind, edition_id).items()
    ]


def edition_difference(kind: str, old_id: int | None, new_id: int) -> list[Difference]:
    """How one edition differs from another: added, taken out, changed field by field; sorted by code.

    Arguments:
        old_id: None compares with nothing: everything is added.
    """
    labels = edition_labels(kind)
    old = edition_rows(kind, old_id) if old_id is not None else {}
    new = edition_rows(kind, new_id)
    found = []
    for code in sorted(old.keys() | new.keys()):
        was, now = old.get(code), new.get(code)
        fields = _fields(labels, was or {}, now or {})
        if was is None or now is None:
            found.append(Difference("+" if was is None else "-", code, fields))
        elif fields:
            found.append(Difference("~", code, fields))
    return found


def edition_faults(kind: str, edition_id: int) -> list[str]:
    """Why it could not be approved as it stands."""
    validate = kinds.editions[kind].validate
    found: list[str] = kinds.resolve(validate)(edition_id) if validate else []
    return found


def _fields(labels: dict[str, str], was: dict[str, str], now: dict[str, str]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(label, was.get(name) or NONE, now.get(name) or NONE)
        for name, label in labels.items()
        if (was.get(name) or "") != (now.get(name) or "")
    )
