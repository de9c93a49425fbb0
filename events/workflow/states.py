"""States, steps and limits of an incident."""

from decimal import Decimal

from cases.workflow import Link, Stage, State, Step

LINKS = (
    Link("collect", "信息收集", "Collect"),
    Link("file", "案卷建立", "File"),
    Link("dispatch", "任务派遣", "Dispatch"),
    Link("handle", "任务处置", "Handle"),
    Link("feedback", "处置反馈", "Feed back"),
    Link("verify", "核查", "Verify"),
    Link("close", "结案", "Close"),
)

STATES = (
    State("reported", "待受理", "Reported", "file", public_zh="已收到，等待受理", public_en="Received"),
    State(
        "verifying",
        "待核实",
        "Being verified",
        "file",
        public_zh="网格员正在现场核实",
        public_en="A grid worker is looking at it",
    ),
    State(
        "returned",
        "退回受理",
        "Returned to acceptance",
        "file",
        public_zh="正在重新受理",
        public_en="Being looked at again",
    ),
    State(
        "pending_dispatch",
        "待派遣",
        "Filed, to be dispatched",
        "dispatch",
        public_zh="已立案，等待派遣",
        public_en="Accepted",
    ),
    State(
        "department_returned",
        "退回派遣",
        "Returned by the department",
        "dispatch",
        public_zh="正在更换承办单位",
        public_en="Going to another department",
    ),
    State(
        "pending_handle",
        "待处置",
        "With the department",
        "handle",
        public_zh="已派给承办单位",
        public_en="With the department",
    ),
    State("handling", "处置中", "Being handled", "handle", public_zh="正在处置", public_en="Being handled"),
    State(
        "suspended",
        "挂账",
        "Suspended",
        "handle",
        public_zh="暂时不具备处置条件，已登记挂账",
        public_en="Put off with approval",
    ),
    State(
        "handled",
        "待反馈",
        "Handled, to be confirmed",
        "feedback",
        public_zh="已处置，等待单位确认",
        public_en="Done, being confirmed",
    ),
    State(
        "feedback",
        "待派核查",
        "Fed back",
        "feedback",
        public_zh="单位已反馈处置结果",
        public_en="The department has reported its result",
    ),
    State(
        "rework_pending",
        "待返工",
        "To be sent back for rework",
        "feedback",
        public_zh="核查未通过，退回返工",
        public_en="To be done again",
    ),
    State(
        "checking",
        "核查中",
        "Being checked",
        "verify",
        public_zh="网格员正在现场核查",
        public_en="A grid worker is checking the result",
    ),
    State(
        "pending_close",
        "待结案",
        "To be closed",
        "close",
        public_zh="核查完毕，等待结案",
        public_en="Checked, about to be closed",
    ),
    State("closed", "已结案", "Closed", "close", final=True, public_zh="已办结", public_en="Closed"),
    State(
        "forced_closed",
        "强制结案",
        "Closed by order",
        "close",
        final=True,
        public_zh="已终止办理，理由见说明",
        public_en="Closed with a reason",
    ),
    State(
        "not_accepted",
        "不予立案",
        "Not accepted",
        "close",
        final=True,
        public_zh="未受理，理由见说明",
        public_en="Not accepted, with the reason",
    ),
    State(
        "transferred",
        "转其他渠道",
        "Passed to another channel",
        "close",
        final=True,
        public_zh="已转其他渠道办理",
        public_en="Passed to another channel",
    ),
)
FINAL = tuple(state.code for state in STATES if state.final)
OPEN = tuple(state.code for state in STATES if not state.final)

STAGES = (
    Stage("total", "总时限", "Whole case"),
    Stage("file", "受理时限", "Acceptance", "working_hour", Decimal(2)),
    Stage("verify", "核实时限", "Verification", "working_hour", Decimal(4)),
    Stage("dispatch", "派遣时限", "Dispatch", "working_hour", Decimal(1)),
    Stage("handle", "处置时限", "Handling"),
    Stage("check", "核查时限", "Check on site", "working_hour", Decimal(4)),
    Stage("close", "结案时限", "Closing", "working_hour", Decimal(4)),
    Stage("approve", "审批时限", "Approval", "working_hour", Decimal(4)),
)

ACCEPTANCE = "function:supervision"
DISPATCH = "function:command"

STEPS = (
    Step("intake", "受理立案", "Accept and file", role="intake", to=ACCEPTANCE, needs_role="acceptor", stage="file"),
    Step("chief", "值班长定夺", "Duty chief decides", to=ACCEPTANCE, needs_role="duty_chief", stage="file"),
    Step(
        "verify",
        "现场核实",
        "Verify on site",
        to="call:events.queries.on_site",
        needs_role="grid_worker",
        stage="verify",
    ),
    Step("dispatch", "任务派遣", "Dispatch", to=DISPATCH, needs_role="dispatcher", stage="dispatch"),
    Step("handle", "处置", "Handle", role="lead", needs_role="coordinator", stage="handle"),
    Step("delay", "延期审批", "Decide on a delay", to=ACCEPTANCE, needs_role="duty_chief", stage="approve"),
    Step("suspension", "挂账审批", "Decide on a suspension", to=ACCEPTANCE, needs_role="duty_chief", stage="approve"),
    Step("review", "审看反馈", "Look at the result", to=DISPATCH, needs_role="dispatcher", stage="dispatch"),
    Step(
        "check", "现场核查", "Check on site", to="call:events.queries.on_site", needs_role="grid_worker", stage="check"
    ),
    Step("close", "结案", "Close", to=ACCEPTANCE, needs_role="acceptor", stage="close"),
)
