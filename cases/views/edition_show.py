"""How an edition is told: its phase, whom it waits for, what differs, and which moves are open to whom."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import actor_names
from ledger import kinds, queries
from ledger.actors import Actor
from ledger.queries import Difference, EditionCard, EditionKindRow, SimulationCard
from ledger.queries.editions import english

LAMPS = {"in_force": "ok", "upcoming": "hold", "approved": "soon", "draft": "soon", "returned": "late"}
ICONS = {"+": "plus-circle", "-": "dash-circle", "~": "pencil"}


def phase(code: str) -> dict[str, str]:
    """Word and lamp of a phase."""
    words = {
        "draft": _("draft, waits for approval"),
        "returned": _("returned to its drafter"),
        "approved": _("approved, not yet published"),
        "upcoming": _("published, not yet in force"),
        "in_force": _("in force"),
        "past": _("replaced"),
        "discarded": _("discarded"),
    }
    return {"code": code, "word": words[code], "lamp": LAMPS.get(code, "")}


def people(cards: Iterable[EditionCard]) -> dict[str, str]:
    """Names of everybody who stands in these editions."""
    written = {name for c in cards for name in (*c.authors, c.approved_by, c.published_by, c.returned_by)}
    return actor_names(written)


def waits_for(card: EditionCard, actor: Actor) -> str:
    """Whom an edition waits for, in one sentence."""
    spec, me = kinds.editions[card.kind], f"{actor.kind}:{actor.id}"
    if card.phase == "returned":
        return _("waits for its drafter")
    if card.phase == "approved":
        return (
            _("waits to be published; you may do it") if actor.may(spec.approve_right) else _("waits to be published")
        )
    if card.phase != "draft":
        return ""
    if me in card.authors:
        return _("waits for somebody else: you wrote in it")
    return _("waits for your approval") if actor.may(spec.approve_right) else _("waits for approval")


def card_row(card: EditionCard, actor: Actor) -> dict[str, Any]:
    return {"card": card, "phase": phase(card.phase), "waits": waits_for(card, actor)}


def kind_row(row: EditionKindRow, actor: Actor) -> dict[str, Any]:
    shown = [card for card in (row.current, *row.waiting) if card]
    return {
        "row": row,
        "waiting": [card_row(card, actor) for card in row.waiting],
        "people": people(shown),
    }


def comparison(edition: EditionCard, cards: list[EditionCard], asked: str) -> dict[str, Any]:
    """The difference to the edition that was asked for, or to the one that says most."""
    against = next((card for card in cards if str(card.number) == asked), None) or _natural(edition, cards)
    if against is None or against.id == edition.id:
        return {"against": None, "differences": [], "tally": {}}
    found = queries.edition_difference(edition.kind, against.id, edition.id)
    return {"against": against, "differences": [_line(one) for one in found], "tally": _tally(found)}


def _natural(edition: EditionCard, cards: list[EditionCard]) -> EditionCard | None:
    """What is in force, for one that is not; what it was drafted from, for one that is or was."""
    if edition.phase in ("in_force", "past"):
        return next((card for card in cards if card.number == edition.based_on), None)
    return next((card for card in cards if card.phase == "in_force"), None)


def _line(one: Difference) -> dict[str, Any]:
    words = {"+": _("added"), "-": _("taken out"), "~": _("changed")}
    return {"code": one.code, "sign": one.sign, "icon": ICONS[one.sign], "word": words[one.sign], "fields": one.fields}


def _tally(found: list[Difference]) -> dict[str, int]:
    names = {"+": "added", "-": "ended", "~": "changed"}
    tally = dict.fromkeys(names.values(), 0)
    for one in found:
        tally[names[one.sign]] += 1
    return tally


def table(edition: EditionCard, parameters: Mapping[str, str], page: int) -> dict[str, Any]:
    """The content, searched and paged by code."""
    word, after = parameters.get("q", "").strip().lower(), parameters.get("after", "")
    rows = [
        row
        for row in queries.edition_content(edition.kind, edition.id)
        if not word or word in row.code.lower() or any(word in text.lower() for _label, text in row.cells)
    ]
    codes = [row.code for row in rows]
    start = codes.index(after) + 1 if after in codes else 0
    shown = rows[start : start + page]
    more = len(rows) > start + page
    return {
        "labels": list(queries.edition_labels(edition.kind).values()),
        "rows": shown,
        "total": len(rows),
        "next_key": shown[-1].code if more and shown else "",
        "back": start > 0,
    }


def moves(edition: EditionCard, cards: list[EditionCard], actor: Actor) -> dict[str, Any]:
    """Which steps are open to this reader, why one is not, and where the content is edited."""
    spec, me = kinds.editions[edition.kind], f"{actor.kind}:{actor.id}"
    drafts, approves = actor.may(spec.draft_right), actor.may(spec.approve_right)
    wrote, drafting = me in edition.authors, edition.drafting
    newer = queries.newer_editions(edition, cards)
    faults = queries.edition_faults(edition.kind, edition.id) if drafting else []
    open_to = {
        "approve": approves and edition.phase == "draft" and not wrote and not faults,
        "return": approves and (edition.phase == "approved" or (edition.phase == "draft" and not wrote)),
        "hand_in": drafts and edition.phase in ("draft", "returned"),
        "discard": drafts and drafting,
        "restore": drafts and edition.phase == "discarded",
        "rebase": drafts and drafting and bool(newer),
        "publish": approves and edition.phase == "approved",
        "withdraw": approves and edition.phase == "upcoming",
        "edit": drafts and drafting,
    }
    return {
        "may": open_to,
        "own": approves and wrote and drafting,
        "faults": faults,
        "newer": newer,
        "waits": waits_for(edition, actor),
        "can_simulate": edition.kind in kinds.simulations,
        "edit_url": _url(spec.edit_url, edition) if open_to["edit"] else "",
        "new_url": _url(spec.new_url, edition) if open_to["edit"] else "",
        "row_url": spec.row_url if open_to["edit"] else "",
    }


def _url(name: str, edition: EditionCard) -> str:
    return reverse(name, kwargs={"edition": edition.id}) if name else ""


def refuse_unread(edition: EditionCard, cards: list[EditionCard], move: str, confirmed: bool) -> None:
    """Approving or publishing what would undo a newer edition needs to be said twice."""
    if move in ("approve", "publish") and queries.newer_editions(edition, cards) and not confirmed:
        raise ValidationError(_("It would undo what was published since it was drafted; tick that you want this."))


def steps(edition: EditionCard) -> list[dict[str, Any]]:
    """What happened to it, with names."""
    words = {
        "drafted": _("Draft begun"),
        "approved": _("Approved"),
        "published": _("Published"),
        "returned": _("Returned to the drafter"),
        "handed_in": _("Handed in for approval"),
        "discarded": _("Discarded"),
        "restored": _("Taken up again"),
        "rebased": _("Newer changes taken over"),
        "withdrawn": _("Withdrawn before it began"),
    }
    found = queries.edition_steps(edition)
    names = actor_names(step.actor for step in found)
    return [{"word": words.get(s.action, s.action), "name": names.get(s.actor, s.actor), "at": s.at} for s in found]


def done_text(move: str) -> str:
    texts = {
        "approve": _("Approved. It can be published now."),
        "return": _("Returned to its drafter, with your reason."),
        "hand-in": _("Handed in; those who may approve are told."),
        "discard": _("Discarded. It can be taken up again here."),
        "restore": _("Taken up again."),
        "rebase": _("Noted: the draft takes over what was published since."),
        "publish": _("Published. It applies from its date on; what was decided before stays decided."),
        "withdraw": _("Withdrawn. The edition before it goes on."),
    }
    return texts[move]


def simulation_words(spec: kinds.SimulationKind) -> dict[str, str]:
    """What a kind calls its simulation, its things and its groups."""
    place = 1 if english() else 0
    title = (spec.name_zh, spec.name_en)[place]
    return {"title": title, "unit": spec.units[place], "group_label": spec.group[place]}


def verdict_tabs(request: HttpRequest, card: SimulationCard, chosen: str) -> list[dict[str, Any]]:
    """The findings by verdict, what hurts most first."""

    def tab(code: str, label: str, count: int) -> dict[str, Any]:
        parameters = request.GET.copy()
        parameters.pop("after", None)
        parameters.pop("verdict", None)
        if code:
            parameters["verdict"] = code
        url = f"{request.path}?{parameters.urlencode()}"
        return {
            "url": url,
            "label": label,
            "count": count,
            "hot": code == first and count > 0,
            "current": code == chosen,
        }

    labels = queries.verdict_labels(card.kind)
    first = next(iter(labels))
    return [tab("", _("Everything that would change"), card.changed)] + [
        tab(code, label, card.counts.get(code, 0)) for code, label in labels.items()
    ]
