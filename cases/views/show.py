"""A case file as its template wants it: addresses, words, nothing that decides anything."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases import kinds
from cases.queries import CaseFile, LimitRow, MoveRow, PhotoRow
from cases.queries.words import bracketed, limit_words

VISITS = frozenset({"verify_true", "verify_false", "check_passed", "check_failed"})


@dataclass(frozen=True, slots=True)
class ShownMove:
    """A move as a button."""

    name: str
    label: str
    effect: str
    key: str
    primary: bool
    missing: str
    url: str
    visit: bool
    expected_version: int
    assignment_id: int | None


def move_url(number: str, move: MoveRow) -> str:
    """The screen of a move: the kind's own, else the kernel's form."""
    if not move.url_name:
        return reverse("cases:move", args=[number, move.name])
    try:
        return reverse(move.url_name, args=[number])
    except NoReverseMatch:
        return reverse(move.url_name, args=[number, move.name])


def shown_move(number: str, move: MoveRow) -> ShownMove:
    # what its own screen will ask for is not missing yet
    missing = "" if move.url_name and "condition" in move.needs else move.missing
    return ShownMove(
        name=move.name,
        label=move.label,
        effect=move.effect,
        key=move.key,
        primary=move.primary and not missing,
        missing=missing,
        url=move_url(number, move),
        visit=move.name in VISITS,
        expected_version=move.expected_version,
        assignment_id=move.assignment_id,
    )


def clock_context(limit: LimitRow | None, now: datetime) -> dict[str, Any] | None:
    """The clock card: when it ends, of which kind, how much is used."""
    if limit is None:
        return None
    due = limit.due_at
    same_day = due is not None and localtime(due).date() == localtime(now).date()
    form = "%H:%M" if same_day else "%m-%d %H:%M"
    deadline = _("due %(at)s") % {"at": localtime(due).strftime(form)} if due else _("paused")
    kind = limit_words(limit.unit, limit.budget)
    nature = _("day and night") if limit.unit in ("urgent_hour", "urgent_day") else ""
    used = limit_words(limit.unit, limit.used.quantize(Decimal("0.1")))
    explained = _("%(stage)s: %(used)s used of %(limit)s") % {"stage": limit.label, "used": used, "limit": kind}
    return {
        "limit": limit,
        "level": limit.level,
        "deadline": f"{limit.label} · {deadline}",
        "share": limit.share,
        "explained": f"{explained} · {nature}" if nature else explained,
    }


def _photo(photo: PhotoRow, now: datetime) -> dict[str, Any]:
    moment = photo.taken_at or photo.at
    evidence = _("%(n)s m from the place") % {"n": round(photo.distance)} if photo.distance is not None else ""
    return {
        "attachment_id": photo.attachment_id,
        "released": photo.released,
        "thumb_url": reverse("cases:photo", args=[photo.file_id, "thumb"]),
        "full_url": reverse("cases:photo", args=[photo.file_id, "full"]),
        "title": photo.caption or photo.stage_label,
        "alt": _("Photo %(stage)s") % {"stage": photo.stage_label},
        "who": localtime(moment).strftime("%m-%d %H:%M"),
        "evidence": evidence,
    }


def _needed(file: CaseFile) -> list[dict[str, str]]:
    words = {
        "before": _("Photo before the work"),
        "after": _("Photo after the work"),
        "check": _("Photo of the check"),
        "report": _("Photo of the place"),
    }
    return [{"title": words[stage], "condition": _("still needed")} for stage in file.needed if stage in words]


def _limits(file: CaseFile) -> list[dict[str, Any]]:
    return [
        {
            "label": row.label,
            "limit": limit_words(row.unit, row.budget),
            "used": limit_words(row.unit, row.used.quantize(Decimal("0.1"))),
            "level": row.level,
        }
        for row in file.limits
    ]


def _unrouted(file: CaseFile) -> dict[str, Any]:
    """Nothing was looked up yet: rules come with the report, or only after somebody accepts it."""
    title, text = _("Not routed yet"), _("It waits for the routing rules; that takes seconds.")
    if kinds.workflow(file.kind).routing is None:
        title, text = _("Filed with the body that accepts it"), _("Rules hand it on after that.")
    return {"title": title, "text": text, "rejected": []}


def _why(file: CaseFile) -> dict[str, Any]:
    """Why it came here, in the three ways it can."""
    found = file.finding
    if found is None:
        return _unrouted(file)
    titles = {
        "dispatched": _("Sent by an automatic rule"),
        "proposed": _("A rule proposes a department"),
        "overtaken": _("A person was first"),
        "nothing": _("No rule fits"),
    }
    texts = {
        "dispatched": _("%(reason)s: to %(department)s. %(owner)s answers for the rule."),
        "proposed": _("%(reason)s: %(department)s. The officer decides."),
        "overtaken": _("Somebody had taken the case before the rules were looked at."),
        "nothing": _("The duty chief has been told, so that it is never nowhere."),
    }
    if found.held:
        texts["nothing"] = _("It waits with the body that accepted it, which chooses the department by hand.")
    names = {"reason": found.reason, "department": found.department, "owner": found.owner}
    source = (
        _("Rule %(code)s, edition %(edition)s") % {"code": found.rule, "edition": found.edition} if found.rule else ""
    )
    return {
        "title": titles[found.outcome],
        "text": texts[found.outcome] % names,
        "source": source,
        "url": reverse("cases:edition", args=["routing", found.edition]) if found.edition else "",
        "rejected": [
            {
                "title": _("Not used: %(code)s") % {"code": row.code},
                "text": bracketed(row.reason, row.why) if row.reason else row.why,
            }
            for row in found.rejected
        ],
    }


def _steps(file: CaseFile) -> list[dict[str, Any]]:
    def note(at: datetime | None, state: str) -> str:
        if state == "now":
            return _("in progress")
        return localtime(at).strftime("%m-%d %H:%M") if at else ""

    return [{"label": link.label, "state": link.state, "note": note(link.at, link.state)} for link in file.steps]


def file_context(file: CaseFile, now: datetime) -> dict[str, Any]:
    """Everything the case file's templates draw."""
    point = f"{file.lon:.6f},{file.lat:.6f}" if file.lon is not None and file.lat is not None else ""
    return {
        "file": file,
        "now": now,
        "clock": clock_context(file.clock, now),
        "moves": [shown_move(file.number, move) for move in file.moves],
        "photos": [_photo(photo, now) for photo in file.photos],
        "needed": _needed(file),
        "limits": _limits(file),
        "why": _why(file),
        "steps": _steps(file),
        "point": point,
        "description": getattr(file.detail, "description", ""),
        "history": list(reversed(file.history)),
        "related": len(file.links) + len(file.similar),
        "mine": [step for step in file.open_steps if step.may_claim or step.may_hand_over],
    }
