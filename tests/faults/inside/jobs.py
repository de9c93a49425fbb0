"""A job of one step, and payloads for kinds of promises that no report brings by itself."""

from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point

from accounts.models import Organisation, User
from cases.models import Case, Clock
from grids.models import BoundaryDraft, Division, DraftStep, Scheme
from ledger.actions import StepResult
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.models import Document, Edition, ImportRun
from wages.models import MonthFigure, Project
from wages.rules import add_months, first_of

ran: list[datetime] = []


def periodic(*, now: datetime) -> bool:
    """A periodic job that only remembers that it ran."""
    ran.append(now)
    return False


def step(job: Any, budget_seconds: float) -> StepResult:
    return StepResult(done=1, total=1, finished=True)


def _document(case: Case) -> str:
    """A paper that is drawn already: drawing it again must not make a second one."""
    made = Document(
        id=uuid7(), kind="rig", object_id=str(case.pk), case_id=case.pk, series="RIG", number=str(case.pk),
        language="en", state=Document.State.RENDERED, requested_by_kind="clock", requested_at=app_now(),
    )  # fmt: skip
    made.save(force_insert=True)
    return str(made.pk)


def _unpaid_month(now: datetime) -> dict[str, Any]:
    """A building project and its month that nobody was paid for: both rules find it."""
    month = add_months(first_of(now.date()), -4)
    firm = Organisation(id=uuid7(), name="示例建设有限公司", created_at=now)
    firm.save(force_insert=True)
    made = Project(
        code=f"RIG-{now.timestamp():.0f}", name_zh="示例工程", name_en="Example works", industry="building", owner=firm,
        contractor=firm, path="/3709/370902/", point=Point(117.17, 36.19, srid=4326), address="示例路", pay_day=15,
        contract_price=1, signed_on=now.date(), ends_on=now.date(),
    )  # fmt: skip
    made.save()
    MonthFigure.objects.create(project=made, month=month, attending=1, listed=1, due=1)
    return {"project": made.pk, "months": [month.isoformat()]}


def _user() -> int:
    return User.objects.order_by("pk")[0].pk


def _draft() -> int:
    """A draft of the routing rules that waits for approval."""
    last = Edition.objects.filter(kind="routing").order_by("-number")[0]
    made = Edition(kind="routing", number=last.number + 1, title="rig", drafted_by="client:rig", drafted_at=app_now())
    made.save()
    return made.pk


def _sheet() -> str:
    """A sheet that is taken over already."""
    now = app_now()
    made = ImportRun(
        id=uuid7(), kind="ledger.holidays", state=ImportRun.State.COMMITTED, file_name="rig.xlsx", sha256="0" * 64,
        size=1, language="en", actor_kind="clock", created_at=now, updated_at=now, erased_at=now,
    )  # fmt: skip
    made.save(force_insert=True)
    return str(made.pk)


def change_of_boundaries() -> int:
    """A change that changes nothing yet."""
    division = Division.objects.filter(grids__isnull=False).order_by("pk")[0]
    scheme = Scheme.objects.get(code="service")
    now, user = app_now(), User.objects.order_by("pk")[0]
    draft = BoundaryDraft(division=division, scheme=scheme, title="rig", drafted_by=user, drafted_at=now)
    draft.updated_at = now
    draft.save()
    DraftStep.objects.create(draft=draft, number=0, operation="begin", made_by=user, made_at=now)
    return draft.pk


def seeds(*, case: Case, clock: Clock | None) -> dict[str, dict[str, Any]]:
    """Kind → payload, ids and codes only."""
    return {
        "ledger.canary": {},
        "ledger.edition_waiting": {"edition": _draft(), "key": "rig:edition"},
        "ledger.periodic": {"name": "ledger.tidy", "round": 0},
        "cases.deadline": {"case": case.pk, "clock": clock.pk if clock else 0, "level": 1},
        "ledger.render": {"document": _document(case)},
        "wages.judge": _unpaid_month(app_now()),
        "ledger.import": {"run": _sheet()},
        "ledger.retention": {"row": "ledger.incident"},
        "cases.hand_over_work": {"user": _user(), "grids": [1], "after": 0, "key": "rig:duty"},
        "events.blind_spots": {},
        "services.privacy": {"case": case.pk, "history": 1},
        "cases.child_closed": {"case": case.pk, "child": case.pk},
    }
