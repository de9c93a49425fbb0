"""Something on every page: cases, applications, licences, wages, drafts, a simulation, imports, each made by the real
actions as the demo makes them. Prints what tests/journeys/pages.py puts into its addresses, as JSON.
"""

import json
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils.translation import override  # noqa: E402

from accounts.models import Department, User  # noqa: E402
from accounts.queries import presence_of_user  # noqa: E402
from cases.models import Assignment, Case  # noqa: E402
from cases.queries import rules_of  # noqa: E402
from cases.rules import tracking_token  # noqa: E402
from events.models import Category  # noqa: E402
from govplatform.demo.boundaries import redraw  # noqa: E402
from govplatform.demo.cast import Cast  # noqa: E402
from govplatform.demo.drafts import drafts  # noqa: E402
from govplatform.demo.moves import key_of  # noqa: E402
from govplatform.demo.papers import papers  # noqa: E402
from govplatform.demo.play import Play  # noqa: E402
from govplatform.demo.scenario import Story  # noqa: E402
from govplatform.demo.services import RESTAURANT, SENIOR, Matters, Plan  # noqa: E402
from govplatform.demo.subjects import SUBJECTS  # noqa: E402
from govplatform.demo.wages import WageDemo  # noqa: E402
from grids.actions import begin_change_set, begin_draft, propose  # noqa: E402
from grids.models import BoundaryDraft, Building, Division, Grid  # noqa: E402
from grids.queries import today  # noqa: E402
from ledger import kinds  # noqa: E402
from ledger.actions import open_incident, place_hold, start_export, start_simulation, upload_sheet  # noqa: E402
from ledger.actors import Actor  # noqa: E402
from ledger.clock import app_now  # noqa: E402
from ledger.models import Document, Edition, Job  # noqa: E402
from services.models import Licence  # noqa: E402
from wages.models import PayLine, WageWarning  # noqa: E402
from wages.queries import my_worker_ids  # noqa: E402

STOPS = {"reported": 6, "handling": 8, "checking": 12, "end": 400}  # hours before now that a case was reported
ENDS = ("submitted", "supplementing", "half", "deciding", "granted")
PROJECTS = 6
WITH_SECOND_FACTOR = "city-leader"
TITLE = "每一页看一遍"
DRAWN_ON = "370902900010"  # a village that no other journey draws on
# kind, who imports it, a cell that is right and one that is wrong, the sheet
SHEETS = (
    ("wages.sheet", "inspector", ("26", "32"),
     "项目编码,姓名,证件号码,手机号码,班组,工资月份,出勤天数,应发金额,实发金额,发放日期\n"
     "W370902007,王示例,379999198001010016,16100000002,木工三组,2026-09,{},7800.00,3900.00,2026-10-09\n"),
    ("wages.projects", "inspector", ("12", "29"), "项目编码,发薪日\nW370902009,{}\n"),
    ("ledger.holidays", "admin", ("休", "不"),
     "日期,休或班,中文名称,英文名称,依据\n2031-10-01,{},国庆节,National Day,示意文号\n"),
    ("grids.divisions", "registrar", ("370902900", "370911"),
     "区划代码,名称,拼音名称,上级代码,生效日期\n370902900077,示意七社区,Shiyi Qi Community,{},2026-12-01\n"),
)  # fmt: skip


def actor(username: str) -> Actor:
    return presence_of_user(User.objects.get(username=username), None).actor


def incidents() -> Iterator[tuple[str, Any]]:
    """A case in each of some states, who holds it, and the reporter's links."""
    stories = [
        Story(9000 + place, hours, SUBJECTS[0], "public", stop, contact=True, fresh=stop != "end")
        for place, (stop, hours) in enumerate(STOPS.items())
    ]
    Play(stories, lambda begun: None).run()
    for story in stories:
        case = Case.objects.get(submission_key=key_of(story))
        yield story.stop, case.number
        yield f"{story.stop}_link", tracking_token(case.pk, settings.KEYS.token)
        step = Assignment.objects.filter(case=case, open=True, holder__isnull=False).first()
        if step is not None and step.holder is not None:
            yield f"{story.stop}_by", step.holder.username
            yield f"{story.stop}_step", step.pk


def wages() -> Iterator[tuple[str, Any]]:
    WageDemo(Cast()).seed(PROJECTS)
    line = PayLine.objects.filter(worker__in=my_worker_ids(actor("resident"))).order_by("pk")[0]
    yield "line", line.pk
    yield "month", f"{line.month:%Y-%m}"
    claim = Case.objects.filter(kind="wage_claim").order_by("pk")[0]
    yield "claim", claim.number
    yield "claim_link", tracking_token(claim.pk, settings.KEYS.token)
    warnings = WageWarning.objects.filter(case__kind="wage_warning", case__closed=False).order_by("pk")
    for state in ("confirmed", "heard", "ordered"):
        yield f"warning_{state}", warnings.filter(case__state=state)[0].case.number


def matters() -> Iterator[tuple[str, Any]]:
    """A resident's applications and licence."""
    plans = [Plan(9000 + 6 * n, RESTAURANT, end, 30.0 + n, by_resident=True) for n, end in enumerate(ENDS)]
    Matters(lambda begun: None).run(plans)
    for plan in plans:
        case = Case.objects.get(submission_key=f"demo-service-{plan.number}")
        yield f"matter_{plan.end}", case.number
        licence = Licence.objects.filter(case=case.pk).first()
        if licence is not None:
            yield "licence", str(licence.pk)
    yield from (("item", RESTAURANT), ("card", SENIOR))


def editions() -> Iterator[tuple[str, Any]]:
    """One draft of two kinds that is handed in, one of each kind that is being written."""
    drafts()
    handed_in = Edition.objects.filter(kind="routing").latest("number")
    dispatcher = actor("dispatcher")
    yield "run", start_simulation(kind="routing", number=handed_in.number, scope="last", size=100, actor=dispatcher)
    yield "handed_in", handed_in.number
    for kind, spec in kinds.editions.items():
        made = kinds.resolve(spec.draft)(title=TITLE, actor=dispatcher)
        yield f"{kind}_draft".replace("-", "_"), made.number
        yield f"{kind}_id".replace("-", "_"), made.pk
        if kind == "routing":
            yield "rule", rules_of(made.pk)[0].code


def boundaries() -> Iterator[tuple[str, Any]]:
    redraw()
    yield "waiting", BoundaryDraft.objects.order_by("-pk")[0].pk
    yield "drawing", begin_draft(village=DRAWN_ON, scheme="service", title=TITLE, actor=actor("registrar"))
    settings = {"target": 400, "tolerance": 0.15, "weights": {"households": 1}, "keep": 0.5, "seed": 1}
    drawing = BoundaryDraft.objects.order_by("-pk")[0].pk
    yield "proposal", propose(draft_id=drawing, version=0, settings=settings, actor=actor("registrar"))
    villages = [DRAWN_ON, Division.objects.filter(level="village", outline__isnull=False).order_by("code")[0].code]
    yield "change_set", begin_change_set(villages=villages, scheme="service", title=TITLE, actor=actor("registrar"))
    yield "building", Building.objects.order_by("code")[0].code
    asked = {"kind": "buildings", "datum": "wgs84", "format": "csv", "grid": ""}
    yield "export", str(start_export(kind="grids.things", params=asked, actor=actor("registrar")))
    yield "grid", Grid.objects.filter(division__code=DRAWN_ON, scheme__code="service").order_by("pk")[0].code


def sheets() -> Iterator[tuple[str, Any]]:
    """Of each kind one that is right and one with a fault."""
    for kind, who, cells, text in SHEETS:
        for name, cell in zip(("right", "wrong"), cells, strict=True):
            key = f"{kind.rsplit('.', 1)[1]}_{name}"
            data = text.format(cell).encode()
            yield key, str(upload_sheet(kind=kind, file_name=f"{key}.csv", data=data, actor=actor(who)))


def second_factor() -> Iterator[tuple[str, Any]]:
    """Somebody with a second factor, and its secret."""
    user, secret = User.objects.get(username=WITH_SECOND_FACTOR), generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    yield from (("second", user.username), ("secret", secret))


def asked_for() -> Iterator[tuple[str, Any]]:
    """Documents, and a request about one's own data."""
    papers()
    report = Document.objects.filter(kind="cases.report").order_by("pk")[0]
    yield "papers", Case.objects.get(pk=report.case_id).number
    request = Case.objects.filter(kind="privacy_request").order_by("pk")[0]
    yield from (("privacy", request.number), ("privacy_link", tracking_token(request.pk, settings.KEYS.token)))


def house() -> Iterator[tuple[str, Any]]:
    """What is held, what failed, what runs; people, a department, a category."""
    case = Case.objects.filter(kind="event").order_by("pk")[0]
    place_hold(subject_kind="case", subject_id=str(case.pk), reason="示意函 1 号", actor=actor("security"))
    with transaction.atomic():
        open_incident(kind="invariant.I1", reference="cases", detail=TITLE, now=app_now())
    yield "job", str(Job.objects.latest("created_at").pk)
    yield "user", User.objects.get(username="gw01").pk
    yield "department", Department.objects.get(code="370902-cg").pk
    yield "category", Category.objects.filter(type="event").order_by("key")[0].key
    yield "today", str(today())


def main() -> None:
    found: dict[str, Any] = {}
    with override("zh-hans"):
        for part in (incidents, wages, matters, editions, boundaries, sheets, asked_for, second_factor, house):
            found |= part()
    print(json.dumps(found))


main()
