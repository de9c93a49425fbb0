"""The workflow of an application (办件): accepted, reviewed by one department after the other or side by side, decided.

Limits: acceptance within 5 working days, what is missing named once and completely (行政许可法 32); decision within the
statutory and the promised days of the item (42); days are working days (82). Every hand-over to a department is a
promise "cases.route": a step of the accepting body keeps the matter until a published rule, or a person, hands it on.
"""

from decimal import Decimal

from cases.workflow import Link, Routing, Stage, State, Step, Transition, Workflow

ACCEPT, REVIEW, DECIDE = "services.accept", "services.review", "services.decide"
OPEN = ("submitted", "supplementing", "reviewing", "deciding")
HERE = "call:services.queries.accepting_body"

LINKS = (
    Link("apply", "申请", "Apply"),
    Link("accept", "受理", "Accept"),
    Link("review", "审查", "Review"),
    Link("decide", "决定", "Decide"),
    Link("finish", "办结", "Finish"),
)


def _state(code: str, zh: str, en: str, link: str, public_zh: str, public_en: str, *, final: bool = False) -> State:
    return State(code, zh, en, link, final=final, public_zh=public_zh, public_en=public_en)


STATES = (
    _state("submitted", "待受理", "To be accepted", "accept", "已收件，等待受理", "Received, to be accepted"),
    _state("supplementing", "待补正", "To be completed", "accept", "需要您补正材料", "You are asked to complete it"),
    _state("reviewing", "审查中", "Being reviewed", "review", "已受理，部门审查中", "Accepted, being reviewed"),
    _state("deciding", "待决定", "To be decided", "decide", "审查完毕，等待决定", "Reviewed, to be decided"),
    _state("granted", "准予办结", "Granted", "finish", "准予，已办结", "Granted", final=True),
    _state("refused", "不予许可", "Refused", "finish", "不予许可，理由见决定", "Refused, with the reasons", final=True),
    _state("not_accepted", "不予受理", "Not accepted", "finish", "不予受理，理由见告知书", "Not accepted", final=True),
    _state("returned", "退件", "Returned", "finish", "逾期未补正，已退件", "Returned, not completed", final=True),
    _state("withdrawn", "已撤回", "Withdrawn", "finish", "您已撤回申请", "You withdrew it", final=True),
)
STAGES = (
    Stage("accept", "受理时限", "Acceptance", "working_day", Decimal(5)),
    Stage("supplement", "补正期限", "Time to complete", "working_day", Decimal(15), of_reporter=True),
    Stage("promised", "承诺时限", "Promised limit", "working_day"),
    Stage("statutory", "法定时限", "Statutory limit", "working_day", Decimal(20)),
)
_ONCE, _AFTER, _BESIDE = (("first", "yes"),), (("after", "yes"),), (("beside", "yes"),)
STEPS = (
    Step("intake", "受理", "Accept", role="intake", to=HERE, stage="accept"),
    Step("send_first", "分送审查", "Send to review", to=HERE, when=_ONCE),
    Step("send_beside", "分送并联审查", "Send to parallel review", to=HERE, when=_BESIDE),
    Step("send_after", "分送后续审查", "Send to the next review", to=HERE, when=_AFTER),
    Step("send_decide", "分送决定", "Send for decision", to=HERE),
    Step("first", "部门审查", "Review", when=_ONCE),
    Step("beside", "并联审查", "Parallel review", when=_BESIDE),
    Step("after", "后续审查", "Next review", when=_AFTER),
    Step("decide", "审批决定", "Decide", role="lead"),
)
ROUTED = ("first", "beside", "after", "decide")


def _hand_on(step: str) -> Transition:
    """From the accepting body to a department: by rule, or by hand where no rule fits."""
    state = "deciding" if step == "decide" else "reviewing"
    return Transition(
        f"hand_on_{step}", "分送承办部门", "Hand on", "所选部门同一时刻收到", "The department has it the same moment",
        (state,), "", "department", ACCEPT, also=("rule",), step=(f"send_{step}",), requires=("department",),
        closes="own", opens=(step,), outcome="handed_on", scope="assignment", public=True, notifies=("department",),
        key="d", done_zh="分送", done_en="Handed on",
    )  # fmt: skip


def _review(step: str, *, then: bool = False) -> Transition:
    """A department's opinion; the last one carries the matter to the decision."""
    return Transition(
        f"review_{step}", "提交审查意见", "Give the opinion", "意见入案；全部部门完成后进入决定",
        "It is kept; when all departments are done the decision follows",
        ("reviewing",), "", "holder", REVIEW, step=(step,), requires=("note",), closes="own", scope="assignment",
        joins="all_reviewed", outcome="reviewed", public=True, key="o", primary=True,
        done_zh="审查完毕", done_en="Reviewed",
        opens=("send_after",) if then else (), routes=("after",) if then else (),
    )  # fmt: skip


def _give_back(step: str) -> Transition:
    return Transition(
        f"give_back_{step}", "退回受理单位", "Give back", "写明理由，由受理单位改送；计一次退回",
        "Reason needed; the accepting body sends it elsewhere; counts as a return",
        ("reviewing",), "", "department", REVIEW, step=(step,), requires=("note",), closes="own",
        opens=(f"send_{step}",), scope="assignment", counts="return", outcome="given_back", notifies=("department",),
        key="r", done_zh="退回受理单位", done_en="Given back",
    )  # fmt: skip


TRANSITIONS = (
    Transition(
        "accept", "受理", "Accept", "承诺时限开始计时，按规则分送承办部门",
        "The promised limit starts; rules hand it to the departments",
        ("submitted",), "reviewing", "department", ACCEPT, step=("intake",), opens=("send_first", "send_beside"),
        closes="all", starts=("promised", "statutory"), joins="all_reviewed", routes=("first", "beside"),
        outcome="accepted", public=True, notifies=("reporter",), key="a", primary=True,
        done_zh="受理", done_en="Accepted",
    ),
    Transition(
        "ask_supplement", "一次性告知补正", "Ask to complete", "列明全部缺项，只能一次；受理时限暂停",
        "Name everything that is missing, once only; the limit rests",
        ("submitted",), "supplementing", "department", ACCEPT, step=("intake",), requires=("data:items",),
        pauses="supplement", starts=("supplement",), public=True, notifies=("reporter",), key="s",
        guard="services.rules.may_ask", done_zh="一次性告知补正", done_en="Asked to complete",
    ),
    Transition(
        "supply", "提交补正", "Complete it", "材料回到受理人员，受理时限继续",
        "It goes back to the officer; the limit runs on",
        ("supplementing",), "submitted", "reporter", ACCEPT, also=("department",), step=("intake",), resumes=True,
        stops=("supplement",), public=True, notifies=("department", "holder"), key="p", primary=True,
        done_zh="已补正", done_en="Completed",
    ),
    Transition(
        "send_back", "逾期退件", "Return it", "补正期限已过，写明情况后退件",
        "The time to complete it has passed; say so and return it",
        ("supplementing",), "returned", "department", ACCEPT, step=("intake",), requires=("note",), closes="all",
        outcome="returned", public=True, notifies=("reporter",), key="b", guard="services.rules.may_send_back",
        done_zh="逾期未补正，退件", done_en="Returned, not completed in time",
    ),
    Transition(
        "not_accept", "不予受理", "Do not accept", "写明理由，申请人可见，办件终止",
        "The applicant reads the reason; it ends here",
        ("submitted",), "not_accepted", "department", ACCEPT, step=("intake",), requires=("note",), closes="all",
        outcome="not_accepted", public=True, notifies=("reporter",), key="n",
        done_zh="不予受理", done_en="Not accepted",
    ),
    *(_hand_on(step) for step in ROUTED),
    Transition(
        "no_rule", "无规则可用", "No rule fits", "由受理单位人工分送", "The accepting body chooses by hand",
        ("reviewing", "deciding"), "", "rule", step=tuple(f"send_{step}" for step in ROUTED), scope="assignment",
        notifies=("department",), hidden=True,
        done_zh="无规则可用，待人工分送", done_en="No rule fits, to be sent by hand",
    ),
    _review("first", then=True),
    _review("beside"),
    _review("after"),
    *(_give_back(step) for step in ("first", "beside", "after")),
    Transition(
        "all_reviewed", "转入决定", "On to the decision", "全部审查完毕", "All reviews are done",
        ("reviewing",), "deciding", "clock", opens=("send_decide",), routes=("decide",), public=True, hidden=True,
        done_zh="审查完毕，进入决定", done_en="All reviews done, on to the decision",
    ),
    Transition(
        "grant", "准予", "Grant", "写明依据，签发电子证照，办结", "State the grounds; the licence is issued; it ends",
        ("deciding",), "granted", "holder", DECIDE, step=("decide",), requires=("note",), closes="all",
        outcome="granted", public=True, notifies=("reporter",), key="g", primary=True,
        done_zh="准予", done_en="Granted",
    ),
    Transition(
        "refuse", "不予许可", "Refuse", "写明理由与救济途径，具名决定，办结",
        "Reasons and remedy in writing, under your name; it ends",
        ("deciding",), "refused", "holder", DECIDE, step=("decide",), requires=("note",), closes="all",
        outcome="refused", public=True, notifies=("reporter",), key="x",
        done_zh="不予许可", done_en="Refused",
    ),
    Transition(
        "withdraw", "撤回申请", "Withdraw", "办件终止，可重新申请", "It ends; you may apply again",
        OPEN, "withdrawn", "reporter", closes="all", outcome="withdrawn", public=True, notifies=("department",),
        key="w", hidden=True, done_zh="申请人撤回", done_en="Withdrawn by the applicant",
    ),
)  # fmt: skip

SERVICE = Workflow(
    kind="service",
    version=1,
    initial="submitted",
    links=LINKS,
    states=STATES,
    steps=STEPS,
    transitions=TRANSITIONS,
    opens=("intake",),
    stages=STAGES,
    hand_overs=tuple(
        Routing(
            step=step,
            automatic=(f"hand_on_{step}",),
            unrouted="no_rule",
            waiting=("deciding",) if step == "decide" else ("reviewing",),
            hold=f"send_{step}",
        )
        for step in ROUTED
    ),
)
