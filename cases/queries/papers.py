"""What stands in the documents of a case, and who may have which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Department
from cases import kinds
from cases.access import visible_to
from cases.models import Assignment, Attachment, Case, Clock, HistoryEntry
from cases.queries import words
from cases.queries.case_file import photo_row, place_of
from cases.queries.history import history_rows, names_for
from cases.queries.limits import limit_rows
from ledger import queries as ledger_queries
from ledger.actors import Actor
from ledger.cityfolder import city_config
from ledger.clock import app_now
from ledger.queries import DocumentRow

REPORT, NOTICE = "cases.report", "cases.acceptance"


@dataclass(frozen=True, slots=True)
class NoticeState:
    """The acceptance notice of a case: whether it can be had yet, and the one that was asked for."""

    possible: bool
    document: DocumentRow | None


def case_report(object_id: str, language: str) -> dict[str, Any]:
    """Everything a case report says: what every member who may open the case sees. A reporter is never named.

    Raises:
        DoesNotExist: the case is gone.
    """
    case = Case.objects.select_related("grid__division", "department").get(pk=object_id)
    entries = list(HistoryEntry.objects.filter(case=case).order_by("sequence"))
    files = list(Attachment.objects.filter(case=case).select_related("file").order_by("pk"))
    steps = Assignment.objects.filter(case=case).select_related("department", "holder").order_by("pk")
    return {
        **_head(case),
        "title": _("Case report"),
        "path": f"/desk/cases/{case.number}/",
        "steps": [_step(step) for step in steps],
        "limits": limit_rows(case, list(Clock.objects.filter(case=case)), app_now()),
        "history": history_rows(case.kind, entries, files, names_for(entries)),
        "photos": [photo_row(attachment) for attachment in files],
    }


def acceptance_notice(object_id: str, language: str) -> dict[str, Any]:
    """What the reporter is told when the matter was accepted (受理通知书): nothing but what he may know.

    Raises:
        DoesNotExist: the case is gone. Http404: it was not accepted.
    """
    case = Case.objects.select_related("grid__division", "department").get(pk=object_id)
    accepted = accepted_at(case)
    if accepted is None:
        raise Http404("not accepted")
    total = Clock.objects.filter(case=case, kind__in=("statutory", "promised", "total")).order_by("kind").first()
    return {
        **_head(case),
        "title": _("Notice of acceptance"),
        "path": "/track/",
        "accepted_at": accepted,
        "due_at": total.due_at if total else None,
    }


def _head(case: Case) -> dict[str, Any]:
    category = words.category_labels([(case.kind, case.category)])[case.category]
    return {
        "department": _issuer(case),
        "case": case,
        "kind_label": words.kind_label(case.kind),
        "category": category if category != case.category else case.title,
        "state": words.state_label(case.kind, case.state),
        "place": place_of(case),
        "source": words.source_label(case.source, case.kind),
        "words": words.matter_words(case.kind),
    }


def _issuer(case: Case) -> str:
    """Who has the case, or had it last; the city where nobody had it."""
    found: Department | None = case.department
    if found is None:
        last = Assignment.objects.filter(case=case).select_related("department").order_by("-pk").first()
        found = last.department if last else None
    if found is None:
        return words.in_language(str(city_config().get("name_zh", "")), str(city_config().get("name_en", "")))
    return words.in_language(found.name_zh, found.name_en)


def _step(step: Assignment) -> dict[str, Any]:
    name = (step.holder.display_name or step.holder.username) if step.holder else ""
    return {
        "label": words.step_label(step.case.kind, step.step_key),
        "role": step.get_role_display(),
        "department": words.in_language(step.department.name_zh, step.department.name_en),
        "holder": words.in_language(name, step.holder.display_name_en) if step.holder else "",
        "opened_at": step.opened_at,
        "closed_at": step.closed_at,
    }


def accepted_at(case: Case) -> datetime | None:
    """When the matter left the first link of its chain to be dealt with; None before, and for one that was refused."""
    table = kinds.workflow(case.kind)
    entries = HistoryEntry.objects.filter(case=case).order_by("sequence").values_list("to_state", "from_state", "at")
    first = next((to_state for to_state, _from, _at in entries if to_state), "")
    for to_state, from_state, at in entries:
        moved = to_state and to_state != from_state and table.state(to_state).link != table.state(first).link
        if moved and not table.state(to_state).final:
            return at
    return None


def case_documents(case_id: int) -> Sequence[DocumentRow]:
    """Documents of a case the caller has seen; newest first."""
    return ledger_queries.documents(case_id=case_id)


def notice_of(case_id: int) -> NoticeState:
    """For the reporter's page. Two statements or three."""
    case = Case.objects.get(pk=case_id)
    rows = ledger_queries.documents(kind=NOTICE, object_id=case_id)
    present = next((row for row in rows if row.current and row.language == language_code()), None)
    return NoticeState(present is not None or accepted_at(case) is not None, present)


def language_code() -> str:
    """Language of a document for this reader: one of the site's two."""
    return words.in_language("zh-hans", "en")


def document_of(actor: Actor, number: str, document_id: UUID) -> tuple[Path, str] | None:
    """Path and number of a document of a case the actor may see; None if there is none or it is not made yet."""
    case_id = visible_to(actor, Case.objects.filter(number=number)).values_list("pk", flat=True).first()
    return _file(document_id, case_id) if case_id is not None else None


def notice_file(case_id: int, document_id: UUID) -> tuple[Path, str] | None:
    """The same for whoever holds the tracking link: the acceptance notice and no other document."""
    row = ledger_queries.document(document_id)
    return _file(document_id, case_id) if row is not None and row.kind == NOTICE else None


def _file(document_id: UUID, case_id: int) -> tuple[Path, str] | None:
    row = next((row for row in ledger_queries.documents(case_id=case_id) if row.id == document_id), None)
    path = ledger_queries.document_file(document_id) if row is not None else None
    return (path, row.number) if row is not None and path is not None else None


def report_is_stale(case_id: int, since: datetime) -> bool:
    """Whether something happened to the case since its report was asked for."""
    return HistoryEntry.objects.filter(case_id=case_id, at__gt=since).exists()
