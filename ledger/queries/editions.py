"""Editions of rule sets and catalogues: which is in force, what is drafted and for whom it waits."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from ledger import kinds
from ledger.models import AuditEntry, Edition

IN_FORCE_STATES = (Edition.State.PUBLISHED, Edition.State.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class EditionCard:
    """One edition. People as "member:12".

    Arguments:
        authors: the drafter and whoever changed the content; none of them may approve.
        phase: draft | returned | approved | upcoming | in_force | past | discarded.
        based_on: number of the edition it was drafted from; None for the first.
    """

    id: int
    kind: str
    number: int
    title: str
    phase: str
    version: int
    drafted_by: str
    drafted_at: datetime
    authors: tuple[str, ...]
    approved_by: str
    approved_at: datetime | None
    published_by: str
    effective_from: datetime | None
    until: datetime | None
    based_on: int | None
    returned_by: str
    returned_at: datetime | None
    reason: str

    @property
    def drafting(self) -> bool:
        return self.phase in ("draft", "returned")


@dataclass(frozen=True, slots=True)
class EditionKindRow:
    """A kind with what is in force and what is on its way."""

    kind: str
    name: str
    about: str
    current: EditionCard | None
    waiting: tuple[EditionCard, ...]


@dataclass(frozen=True, slots=True)
class EditionStep:
    """One line of an edition's own history."""

    action: str
    actor: str
    at: datetime


def edition_in_force(kind: str, at: datetime) -> Edition | None:
    """The published edition that applies at a moment; None before the first.

    Arguments:
        kind: "routing", "categories", …
        at: aware moment; an edition replaced since still answers for its own time.
    """
    candidates = Edition.objects.filter(kind=kind, state__in=IN_FORCE_STATES, effective_from__lte=at)
    return candidates.order_by("-effective_from", "-number").first()


def edition_name(kind: str) -> str:
    """Name of a kind in the reader's language."""
    spec = kinds.editions[kind]
    return spec.name_en if english() else spec.name_zh


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "zh").startswith("en")


def edition_cards(kind: str, now: datetime) -> list[EditionCard]:
    """All editions of a kind, newest first. Two statements."""
    current = edition_in_force(kind, now)
    rows = Edition.objects.filter(kind=kind).select_related("based_on").order_by("-number")
    return [_card(row, now, current.pk if current else None) for row in rows]


def edition_card(kind: str, number: int, now: datetime) -> EditionCard | None:
    """One edition; None if there is none."""
    row = Edition.objects.filter(kind=kind, number=number).select_related("based_on").first()
    if row is None:
        return None
    current = edition_in_force(kind, now)
    return _card(row, now, current.pk if current else None)


def edition_by_id(edition_id: int, kind: str, now: datetime) -> EditionCard | None:
    """The same by primary key, for the editors of a draft's content."""
    number = Edition.objects.filter(pk=edition_id, kind=kind).values_list("number", flat=True).first()
    return edition_card(kind, number, now) if number is not None else None


def edition_kinds(now: datetime) -> list[EditionKindRow]:
    """Every kind with the edition in force and those on their way, in the order of registration."""
    found = []
    for spec in kinds.editions.values():
        cards = edition_cards(spec.kind, now)
        about = spec.about_en if english() else spec.about_zh
        current = next((card for card in cards if card.phase == "in_force"), None)
        waiting = tuple(c for c in cards if c.phase in ("draft", "returned", "approved", "upcoming"))
        found.append(EditionKindRow(spec.kind, edition_name(spec.kind), about, current, waiting))
    return found


def newer_editions(edition: EditionCard, cards: list[EditionCard]) -> list[EditionCard]:
    """Editions published, and not yet replaced, since this draft was begun: publishing it would undo what they changed.

    Arguments:
        cards: all editions of the kind.
    """
    if edition.phase not in ("draft", "returned", "approved"):
        return []
    base = next((card for card in cards if card.number == edition.based_on), None)
    return [
        card
        for card in cards
        if card.phase in ("in_force", "upcoming") and (base is None or _place(card) > _place(base))
    ]


def _place(card: EditionCard) -> tuple[datetime, int]:
    return card.effective_from or card.drafted_at, card.number


def edition_steps(edition: EditionCard) -> list[EditionStep]:
    """What happened to an edition, oldest first."""
    entries = AuditEntry.objects.filter(
        object_kind=edition.kind, object_id=str(edition.id), action__startswith="edition."
    ).order_by("id")
    return [
        EditionStep(entry.action.removeprefix("edition."), f"{entry.actor_kind}:{entry.actor_id}", entry.at)
        for entry in entries
    ]


def _card(row: Edition, now: datetime, current: int | None) -> EditionCard:
    return EditionCard(
        id=row.pk,
        kind=row.kind,
        number=row.number,
        title=row.title,
        phase=_phase(row, now, current),
        version=row.version,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        authors=(row.drafted_by, *row.editors),
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        published_by=row.published_by,
        effective_from=row.effective_from,
        until=row.superseded_at,
        based_on=row.based_on.number if row.based_on else None,
        returned_by=row.returned_by,
        returned_at=row.returned_at,
        reason=row.reason,
    )


def _phase(row: Edition, now: datetime, current: int | None) -> str:
    if row.state == Edition.State.DRAFT:
        return "returned" if row.returned_by else "draft"
    if row.effective_from is None:
        return str(row.state)
    if row.pk == current:
        return "in_force"
    return "upcoming" if row.effective_from > now else "past"
