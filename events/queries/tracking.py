"""What only an incident tells its reporter; the page itself is the kernel's (cases.queries.tracking)."""

from datetime import datetime

from cases.models import Case
from cases.queries import TrackFacts, Tracking, track_case
from events import rules
from events.models import Rating, Report
from events.queries.catalogue import category_by_id
from ledger.actors import Actor

# notes written for the reporter; every other note stays inside
NOTES_SHOWN = frozenset({"reject", "transfer", "force_close", "suspend", "reopen", "resume"})


def track_facts(case: Case, now: datetime) -> TrackFacts | None:
    """As cases.kinds.CaseKind says. Two statements."""
    report = Report.objects.select_related("condition").filter(case=case).first()
    if report is None:
        return None
    row = category_by_id(report.category_id)
    last = Rating.objects.filter(case=case).order_by("-at").values_list("score", "at").first()
    rated = bool(last and case.closed_at and last[1] >= case.closed_at)
    done = report.condition if report.condition and case.state == "closed" else None
    return TrackFacts(
        name_zh=row.name_zh,
        name_en=row.name_en,
        notes=NOTES_SHOWN,
        description=report.description,
        result=report.result_text,
        closing_zh=done.closing_zh if done else "",
        closing_en=done.closing_en if done else "",
        photos_announced=report.photos_announced,
        may_rate=case.closed and not rated,
        may_reopen=case.closed and rules.reopenable(case.closed_at, now),
        score=last[0] if last and rated else None,
    )


def tracking_of_number(number: str, actor: Actor, *, now: datetime) -> Tracking | None:
    """The same for a signed-in reporter or an API client who reported it; None if it is not his."""
    found = Case.objects.filter(number=number, kind="event")
    own = found.filter(reporter_kind=str(actor.kind), reporter_id=actor.id) if actor.id else found.none()
    case_id = own.values_list("pk", flat=True).first()
    return track_case(case_id, now=now) if case_id is not None else None


def was_reported(submission_key: str) -> bool:
    """Whether a report with this key was taken before."""
    return Case.objects.filter(submission_key=submission_key, kind="event").exists()
