"""Transitions from the report to the department: collect, file, dispatch."""

from cases.workflow import Transition
from events.workflow.states import FINAL

RIGHT_FILE = "cases.file"
RIGHT_DISPATCH = "cases.dispatch"
RIGHT_SUPERVISE = "cases.supervise"

INTAKE = (
    Transition(
        "request_verification", "先核实", "Verify first",
        "网格员收到现场核实任务，案件留在受理", "The grid worker gets a task on site; the case stays with acceptance",
        ("reported", "returned"), "verifying", "department", RIGHT_FILE, step=("intake",),
        opens=("verify",), public=True, notifies=("holder",), key="v", done_zh="派发现场核实", done_en="Sent for verification",
    ),
    Transition(
        "verify_true", "核实属实", "As reported",
        "案件回到受理员，可以立案", "Back to the acceptance officer, who can file it",
        ("verifying",), "reported", "holder", "cases.verify", step=("verify",),
        closes="own", outcome="true", public=True, notifies=("department",), key="y", primary=True, done_zh="现场核实属实", done_en="Verified on site",
    ),
    Transition(
        "verify_false", "核实不符", "Not as reported",
        "写明现场情况，受理员据此决定", "Say what was found; the acceptance officer decides",
        ("verifying",), "reported", "holder", "cases.verify", step=("verify",), requires=("note",),
        closes="own", outcome="false", public=True, key="n", done_zh="现场核实不符", done_en="Not found as reported",
    ),
    Transition(
        "cancel_verification", "撤回核实", "Call the verification back",
        "核实任务取消，案件回到受理", "The task is cancelled; the case is back in acceptance",
        ("verifying",), "reported", "department", RIGHT_FILE, step=("intake",), requires=("note",),
        closes="step:verify", outcome="cancelled", key="w",
    ),
    Transition(
        "file", "立案", "File",
        "选定立案条件，总时限开始计时，交派遣员；谁立案谁负责", "Choose the condition; the limit starts; the dispatcher gets it; whoever files is responsible",
        ("reported", "returned"), "pending_dispatch", "department", RIGHT_FILE, also=("rule",), step=("intake", "chief"),
        requires=("condition",), opens=("dispatch",), closes="all", starts=("total",), outcome="filed", public=True,
        guard="events.rules.may_file", key="f", primary=True, done_zh="立案", done_en="Filed",
    ),
    Transition(
        "reject", "不予立案", "Do not accept",
        "写明理由，报告人可见，案件终止", "The reporter reads the reason; the case ends",
        ("reported", "returned"), "not_accepted", "department", RIGHT_FILE, step=("intake", "chief"), requires=("note",),
        closes="all", outcome="not_accepted", public=True, notifies=("reporter",),
        key="n", done_zh="不予立案", done_en="Not accepted",
    ),
    Transition(
        "transfer", "转其他渠道", "Pass to another channel",
        "写明转往何处，报告人可见，案件终止", "Say where it goes; the reporter reads it; the case ends here",
        ("reported", "returned"), "transferred", "department", RIGHT_FILE, step=("intake", "chief"), requires=("note",),
        closes="all", outcome="transferred", public=True, notifies=("reporter",), key="x",
    ),
    Transition(
        "call_duty_chief", "提请值班长", "Ask the duty chief",
        "无规则可用，值班长收到此案", "No rule fits; the duty chief gets the case",
        ("reported",), "reported", "department", RIGHT_FILE, also=("rule",), step=("intake",),
        opens=("chief",), notifies=("department",), guard="events.rules.may_call_chief", key="h",
    ),
    Transition(
        "dispatch", "派遣", "Dispatch",
        "承办单位同一时刻收到，处置时限开始", "The department has it the same moment; its limit starts",
        ("pending_dispatch", "department_returned"), "pending_handle", "department", RIGHT_DISPATCH, also=("rule",),
        step=("dispatch",), requires=("department",), opens=("handle",), closes="all", outcome="dispatched",
        public=True, notifies=("department",), key="d", primary=True, done_zh="派遣", done_en="Dispatched",
    ),
    Transition(
        "return_to_acceptance", "退回受理", "Return to acceptance",
        "写明理由，退给原立案受理员，计一次退回", "Reason needed; goes to the officer who filed it; counts as a return",
        ("pending_dispatch", "department_returned"), "returned", "department", RIGHT_DISPATCH, step=("dispatch",),
        requires=("note",), opens=("back:intake",), closes="all", counts="return", outcome="returned",
        notifies=("holder",), key="r",
    ),
    Transition(
        "reopen", "申请重开", "Ask for reopening",
        "写明问题所在，案件回到原受理员", "Say what is still wrong; the case goes back to the officer who filed it",
        FINAL, "reported", "reporter", requires=("note",), opens=("back:intake",), outcome="reopened", public=True,
        notifies=("department",), guard="events.rules.may_reopen", key="o", hidden=True, done_zh="报告人申请重开", done_en="Reopened by the reporter",
    ),
    Transition(
        "reopen_by_order", "重新立案", "Reopen by order",
        "写明理由，案件回到原受理员", "Reason needed; the case goes back to the officer who filed it",
        FINAL, "reported", "territory", RIGHT_SUPERVISE, requires=("note",), opens=("back:intake",), outcome="reopened",
        public=True, notifies=("department", "reporter"), key="i",
    ),
)  # fmt: skip
