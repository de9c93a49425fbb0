"""History lines as people read them: what happened, who, in which capacity; a reporter is never named here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Department, User
from cases import kinds
from cases.models import Attachment, HistoryEntry
from cases.queries import words

AMBER_VERBS = frozenset({"overdue"})
REPORTERS = frozenset({"resident", "anonymous", "organisation"})


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line. `back` keeps its amber mark for ever: returns, rework, delays, passed limits."""

    sequence: int
    at: datetime
    icon: str
    title: str
    who: str
    text: str
    back: bool
    public: bool
    photos: int
    state_label: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names the lines of one case need, read in two statements."""

    users: Mapping[int, str]
    departments: Mapping[int, str]

    def user(self, key: object) -> str:
        return self.users.get(int(str(key)), "") if str(key).isdigit() else ""

    def department(self, key: object) -> str:
        return self.departments.get(int(str(key)), "") if str(key).isdigit() else ""


def names_for(entries: Sequence[HistoryEntry]) -> Names:
    """Names of everybody a history speaks of."""
    users, departments = set[int](), set[int]()
    for entry in entries:
        if entry.actor_kind == "member" and entry.actor_id.isdigit():
            users.add(int(entry.actor_id))
        for key, into in (("holder", users), ("owner", users), ("department", departments)):
            if isinstance(entry.data.get(key), int):
                into.add(entry.data[key])
        if entry.actor_department is not None:
            departments.add(entry.actor_department)
    people = User.objects.filter(pk__in=users).values_list("pk", "display_name", "display_name_en", "username")
    bodies = Department.objects.filter(pk__in=departments).values_list("pk", "name_zh", "name_en")
    return Names(
        {pk: words.in_language(zh or username, en or zh or username) for pk, zh, en, username in people},
        {pk: words.in_language(zh, en) for pk, zh, en in bodies},
    )


def history_rows(
    slug: str, entries: Sequence[HistoryEntry], attachments: Sequence[Attachment], names: Names
) -> tuple[HistoryRow, ...]:
    """Lines of a case, oldest first."""
    return tuple(_row(slug, entry, attachments, names) for entry in entries)


def _row(slug: str, entry: HistoryEntry, attachments: Sequence[Attachment], names: Names) -> HistoryRow:
    transition = kinds.workflow(slug).transition(entry.transition)
    title = words.done_text(transition) if transition else words.verb_text(entry.transition, slug)
    target = _target(entry, names)
    back = entry.transition in AMBER_VERBS or bool(entry.data.get("counts"))
    if transition is not None:
        back = back or bool(transition.counts or transition.extends or transition.pauses)
    return HistoryRow(
        sequence=entry.sequence,
        at=entry.at,
        icon=_icon(entry, back, final=transition is not None and _is_final(slug, entry.to_state)),
        title=f"{title} → {target}" if target else title,
        who=who(entry, names),
        text=entry.note or _extra(slug, entry),
        back=back,
        public=entry.public,
        photos=sum(1 for attachment in attachments if attachment.history == entry.sequence),
        state_label=words.state_label(slug, entry.to_state) if entry.to_state != entry.from_state else "",
    )


def _is_final(slug: str, state: str) -> bool:
    return kinds.workflow(slug).state(state).final


def _icon(entry: HistoryEntry, back: bool, *, final: bool) -> str:
    if entry.transition in words.ICONS:
        return words.ICONS[entry.transition]
    if back:
        return "arrow-return-left"
    return "check-circle" if final else "arrow-right-circle"


def _target(entry: HistoryEntry, names: Names) -> str:
    parts = (names.department(entry.data.get("department")), names.user(entry.data.get("holder")))
    return " ".join(filter(None, parts))


def _extra(slug: str, entry: HistoryEntry) -> str:
    if entry.transition == "overdue" and entry.data.get("stage"):
        return words.stage_label(slug, entry.data["stage"])
    if entry.transition == "regrid" and entry.data.get("to"):
        return f"{entry.data.get('from')} → {entry.data['to']}"
    return str(entry.data.get("child") or entry.data.get("extension") or "")


def who(entry: HistoryEntry, names: Names) -> str:
    """Who did it, for members: name and department; a rule with its code; a reporter only as "reporter"."""
    if entry.actor_kind == "member":
        parts = (names.user(entry.actor_id), names.department(entry.actor_department))
        return " ".join(filter(None, parts)) or _("member")
    if entry.actor_kind in REPORTERS:
        return _("reporter")
    if entry.actor_kind == "rule":
        rule = entry.data.get("rule", "")
        owner = names.user(entry.data.get("owner"))
        return " ".join(filter(None, (_("rule"), str(rule), owner)))
    labels = {"client": _("other system"), "device": _("device"), "clock": _("clock")}
    return labels.get(entry.actor_kind, entry.actor_kind)
