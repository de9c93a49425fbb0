"""Names of coded things in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from cases import kinds
from cases.workflow import Transition


def in_language(zh: str, en: str) -> str:
    """The name in the reader's language; Chinese where no other was given."""
    return zh if (get_language() or "zh").startswith("zh") or not en else en


def kind_label(slug: str) -> str:
    """Name of a kind of case."""
    kind = kinds.kind(slug)
    return in_language(kind.name_zh, kind.name_en)


def state_label(slug: str, state: str) -> str:
    """Name of a state of a kind."""
    found = kinds.workflow(slug).state(state)
    return in_language(found.name_zh, found.name_en)


def public_state(slug: str, state: str) -> tuple[str, str]:
    """Chinese and English name of a state as the public reads it."""
    found = kinds.workflow(slug).state(state)
    return found.public_zh or found.name_zh, found.public_en or found.name_en


def move_label(slug: str, name: str) -> str:
    """The button of a transition of a kind; the name where there is none."""
    found = kinds.workflow(slug).transition(name)
    return in_language(found.label_zh, found.label_en) if found is not None else name


def step_label(slug: str, key: str) -> str:
    """Name of a step of a kind."""
    step = kinds.workflow(slug).step(key)
    return in_language(step.name_zh, step.name_en)


def stage_label(slug: str, code: str) -> str:
    """Name of a limit of a kind."""
    stage = kinds.workflow(slug).stage(code)
    return in_language(stage.name_zh, stage.name_en)


def category_labels(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names of categories by key, asked of each kind once.

    Arguments:
        pairs: (slug of the kind, category key).
    """
    wanted: dict[str, set[str]] = {}
    for slug, key in pairs:
        wanted.setdefault(slug, set()).add(key)
    names: dict[str, str] = {}
    for slug, keys in wanted.items():
        hook = kinds.kind(slug).categories
        found = kinds.call(hook)(keys) if hook else {}
        names.update({key: in_language(*found[key]) if key in found else key for key in keys})
    return names


def bracketed(text: str, inside: str) -> str:
    """Text with something in brackets, full width in Chinese."""
    return in_language(f"{text}（{inside}）", f"{text} ({inside})")


def source_labels() -> dict[str, str]:
    """Where a case came from."""
    return {
        "gridworker": _("grid worker"),
        "public": _("public"),
        "hotline": _("hotline"),
        "api": _("other system"),
        "window": _("service window"),
        "inspection": _("inspection"),
        "wage_rule": _("wage rules"),
    }


def source_label(source: str, slug: str = "event") -> str:
    """Name of a source as a kind of case calls it; the code itself for one a kind made up."""
    if source == "public" and kinds.kind(slug).called != "report":
        return pgettext("source", "online")
    return source_labels().get(source, source)


@dataclass(frozen=True, slots=True)
class MatterWords:
    """Words that differ by what the one who opened a case calls it: the line of the history, the label of the moment,
    the heading over what came with it."""

    opened: str
    opened_at: str
    given: str


def matter_words(slug: str) -> MatterWords:
    """How a kind of case speaks of its own beginning."""
    texts = {
        "report": (_("Reported"), pgettext("moment", "Reported"), _("On the spot")),
        "application": (_("Application filed"), pgettext("moment", "Applied"), pgettext("application", "Papers")),
        "claim": (_("Claim filed"), pgettext("moment", "Claimed"), pgettext("claim", "What was claimed")),
        "request": (_("Request made"), pgettext("moment", "Asked"), pgettext("request", "What was asked")),
        "warning": (_("Warning raised"), pgettext("moment", "Raised"), pgettext("warning", "Evidence")),
    }
    return MatterWords(*texts[kinds.kind(slug).called])


def done_text(transition: Transition) -> str:
    """What the history says of a transition."""
    zh = transition.done_zh or transition.label_zh
    return in_language(zh, transition.done_en or transition.label_en)


def verb_text(verb: str, slug: str) -> str:
    """What the history of a kind of case says of a verb of the kernel."""
    if verb == "open":
        return matter_words(slug).opened
    texts = {
        "claim": _("Claimed"),
        "hand_over": _("Handed over"),
        "urge": _("Urged"),
        "comment": _("Comment"),
        "attach": _("Photos added"),
        "release": _("Released to the public"),
        "withdraw_release": _("Release withdrawn"),
        "overdue": _("Limit passed"),
        "exempt": _("Left out of the statistics"),
        "answer": _("Answer of the reporter"),
        "rate": _("Rated by the reporter"),
        "child_opened": _("Sub-matter opened"),
        "child_closed": _("Sub-matter closed"),
        "linked": _("Linked"),
        "proposed": _("A rule proposes a department"),
        "supervise": _("Order of a leader"),
        "regrid": _("In another grid after a change of boundaries"),
    }
    return texts.get(verb, verb)


ICONS = {
    "open": "flag", "claim": "hand-index", "hand_over": "arrow-left-right", "urge": "bell", "comment": "chat-left-text",
    "attach": "camera", "release": "unlock", "withdraw_release": "lock", "overdue": "alarm", "exempt": "slash-circle",
    "answer": "reply", "rate": "star", "child_opened": "diagram-2", "child_closed": "diagram-2", "linked": "link-45deg",
    "proposed": "signpost", "supervise": "megaphone", "regrid": "bounding-box",
}  # fmt: skip


def limit_words(unit: str, budget: Decimal) -> str:
    """A limit in words: "2 urgent hours"."""
    if unit == "calendar_day":  # one that ends with a day begins at some minute
        budget = budget.quantize(Decimal("0.1"))
    amount = f"{budget.normalize():f}"
    number = 1 if budget == 1 else 2
    texts = {
        "urgent_hour": ngettext("%(n)s urgent hour", "%(n)s urgent hours", number),
        "urgent_day": ngettext("%(n)s urgent day", "%(n)s urgent days", number),
        "working_hour": ngettext("%(n)s working hour", "%(n)s working hours", number),
        "working_day": ngettext("%(n)s working day", "%(n)s working days", number),
        "calendar_day": ngettext("%(n)s calendar day", "%(n)s calendar days", number),
    }
    return texts[unit] % {"n": amount}
