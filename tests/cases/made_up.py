"""A made-up kind of case, "inspection": two parallel steps, a conditional, a joint one, a child, a clock that rests.

It is also the worked example of docs ("add a kind of case"): the kernel knows nothing about it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cases.kinds import CaseKind
from cases.models import Case
from cases.workflow import Link, Routing, Stage, State, Step, Transition, Workflow

SLUG = "inspection"


def _t(name: str, states: tuple[str, ...], to_state: str, relation: Any, right: str = "", **more: Any) -> Transition:
    words = name.replace("_", " ")
    texts = (f"办理{name}", words.capitalize(), f"结果{name}", f"It will {words}")
    return Transition(name, *texts, states, to_state, relation, right, **more)


WORKFLOW = Workflow(
    kind=SLUG,
    version=1,
    initial="received",
    links=(Link("start", "受理", "Receive"), Link("work", "办理", "Work"), Link("end", "办结", "End")),
    states=(
        State("received", "已收件", "Received", "start"),
        State("examining", "审查中", "Examining", "work"),
        State("deciding", "待决定", "Deciding", "work"),
        State("joint", "联合办理", "Joint work", "work"),
        State("waiting", "待补正", "Waiting", "work"),
        State("finished", "已办结", "Finished", "end", final=True),
        State("refused", "不予受理", "Refused", "end", final=True),
    ),
    stages=(
        Stage("total", "总时限", "Whole case", "calendar_day", Decimal(20)),
        Stage("accept", "受理", "Acceptance", "urgent_hour", Decimal(2)),
        Stage("handle", "办理", "Handling", "urgent_hour", Decimal(48)),
    ),
    steps=(
        Step("intake", "受理", "Intake", "intake", "function:centre", "acceptor", "accept"),
        Step("duty", "值班长处理", "Duty chief", "step", "function:centre", "duty_chief"),
        Step("site", "现场审查", "Site", "step", "function:works", result={"safe": "bool", "remark": "text"}),
        Step("paper", "书面审查", "Paper", "step", "function:office"),
        Step("lab", "化验", "Laboratory", "step", "function:lab", when=(("hazard", "yes"),)),
        Step("decide", "决定", "Decision", "step", "function:centre", "dispatcher"),
        Step("joint", "联合办理", "Joint", "lead", "given", stage="handle", joint=True),
    ),
    opens=("intake",),
    starts=("total",),
    routing=Routing("joint", ("begin_at_once", "send_at_once"), "unrouted", ("received",)),
    on_children_closed="children_done",
    transitions=(
        _t("begin", ("received",), "examining", "department", "cases.file", step=("intake", "duty"), closes="all",
           opens=("site", "paper", "lab"), public=True, key="b", primary=True),
        _t("refuse", ("received",), "refused", "holder", "cases.file", step=("intake", "duty"), closes="all",
           requires=("note",), outcome="refused", public=True),
        _t("site_done", ("examining",), "", "holder", "cases.handle", step=("site",), closes="own",
           requires=("result",),
           scope="assignment", joins="examined"),
        _t("paper_done", ("examining",), "", "holder", "cases.handle", step=("paper",), closes="own",
           scope="assignment",
           joins="examined"),
        _t("lab_done", ("examining",), "", "holder", "cases.handle", step=("lab",), closes="own", scope="assignment",
           joins="examined"),
        _t("examined", ("examining",), "deciding", "clock", opens=("decide",), hidden=True),
        _t("send", ("deciding",), "joint", "department", "cases.dispatch", step=("decide",), requires=("department",),
           closes="own", opens=("joint",), notifies=("department",)),
        _t("assist_done", ("joint",), "", "department", "cases.handle", step=("joint",), role="assist", closes="own",
           scope="assignment"),
        _t("give", ("joint",), "", "department", "cases.coordinate", step=("joint",), role="lead", requires=("holder",),
           sets_holder="given", scope="assignment", notifies=("holder",)),
        _t("supplement", ("joint",), "waiting", "holder", "cases.handle", step=("joint",), role="lead",
           requires=("note",),
           pauses="supplement", public=True),
        _t("supplied", ("waiting",), "joint", "reporter", also=("department",), right="cases.handle", resumes=True),
        _t("delay", ("joint",), "", "territory", "cases.supervise", extends=("handle", "total"),
           requires=("data:extension",)),
        _t("give_back", ("joint",), "deciding", "department", "cases.coordinate", step=("joint",), role="lead",
           requires=("note",), closes="all", opens=("back:decide",), counts="return"),
        _t("finish", ("joint",), "finished", "holder", "cases.handle", step=("joint",), role="lead",
           requires=("note", "assists", "children"), closes="all", outcome="done",
           guard="tests.cases.made_up.may_finish",
           public=True, notifies=("reporter",)),
        _t("redo", ("finished",), "joint", "territory", "cases.supervise", requires=("note",), opens=("back:joint",),
           counts="rework", starts=("total",)),
        _t("children_done", ("joint", "waiting"), "", "clock", hidden=True),
        _t("unrouted", ("received",), "", "rule", step=("intake",), closes="own", opens=("duty",), hidden=True),
        _t("begin_at_once", ("received",), "deciding", "rule", step=("intake",), closes="own", opens=("decide",),
           hidden=True),
        _t("send_at_once", ("deciding",), "joint", "rule", step=("decide",), requires=("department",), closes="own",
           opens=("joint",), hidden=True),
    ),
)  # fmt: skip


def may_finish(case: Case, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    return "the ban is still in force" if facts.get("banned") else ""


def facts(case_id: int) -> dict[str, Any]:
    return {"banned": Case.objects.get(pk=case_id).answers.get("banned") == "yes"}


def automatic(case: Case, *, transition: str, rule: Any, now: Any) -> dict[str, Any]:
    return {"data": {"by": rule.code}}


def categories(keys: Any) -> dict[str, tuple[str, str]]:
    return {key: (f"类别{key}", f"Category {key}") for key in keys}


KIND = CaseKind(
    slug=SLUG,
    name_zh="巡查",
    name_en="Inspection",
    workflow="tests.cases.made_up.WORKFLOW",
    facts="tests.cases.made_up.facts",
    automatic="tests.cases.made_up.automatic",
    categories="tests.cases.made_up.categories",
)
