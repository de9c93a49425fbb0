"""Transitions inside the department: handle, delay, suspend, feed back."""

from cases.workflow import Transition

RIGHT_COORDINATE = "cases.coordinate"
RIGHT_HANDLE = "cases.handle"
RIGHT_SUPERVISE = "cases.supervise"
AT_DEPARTMENT = ("pending_handle", "handling")

HANDLING = (
    Transition(
        "assign", "指派处置人", "Assign a handler",
        "处置人收到任务，时限不变", "The handler gets the task; the limit stays",
        AT_DEPARTMENT, "handling", "department", RIGHT_COORDINATE, step=("handle",), requires=("holder",),
        sets_holder="given", notifies=("holder",), key="a", primary=True, done_zh="指派处置人", done_en="Handler assigned",
    ),
    Transition(
        "take", "接办", "Take it",
        "由本人处置，时限不变", "You handle it; the limit stays",
        ("pending_handle",), "handling", "department", RIGHT_HANDLE, step=("handle",),
        sets_holder="actor", key="t", primary=True, done_zh="接办", done_en="Taken on",
    ),
    Transition(
        "revoke", "撤回指派", "Call the assignment back",
        "处置人不再持有，回到单位待指派", "The handler no longer holds it; back to the department",
        ("handling",), "pending_handle", "department", RIGHT_COORDINATE, step=("handle",),
        sets_holder="nobody", key="w",
    ),
    Transition(
        "return_to_department", "退回单位", "Return to my department",
        "写明理由，回到单位待指派，计一次退回", "Reason needed; back to the department; counts as a return",
        ("handling",), "pending_handle", "holder", RIGHT_HANDLE, step=("handle",), requires=("note",), counts="return",
        sets_holder="nobody", notifies=("department",), key="b",
    ),
    Transition(
        "return_to_dispatch", "退回派遣", "Return to dispatch",
        "非本单位职责时退回，写明理由，计一次退回；须先撤回指派", "Not our duty: reason needed; counts as a return; call back the handler first",
        ("pending_handle",), "department_returned", "department", RIGHT_COORDINATE, step=("handle",), requires=("note",),
        opens=("back:dispatch",), closes="all", counts="return", outcome="returned", notifies=("holder",), key="r",
    ),
    Transition(
        "finish", "处置完成", "Handled",
        "上传处置后照片，交本单位确认，时限仍在走", "After-photo needed; your department confirms; the limit still runs",
        ("handling",), "handled", "holder", RIGHT_HANDLE, step=("handle",), requires=("note", "photo_after"),
        notifies=("department",), key="e", primary=True, done_zh="处置完成", done_en="Handled",
    ),
    Transition(
        "redo", "退回重办", "Return to the handler",
        "质量不达标，写明理由退给原处置人，计一次退回", "Not good enough: reason needed; back to the handler; counts as a return",
        ("handled",), "handling", "department", RIGHT_COORDINATE, step=("handle",), requires=("note",), counts="return",
        notifies=("holder",), key="r",
    ),
    Transition(
        "confirm", "确认反馈", "Confirm the result",
        "处置时限停止，派遣员收到结果", "The handling limit stops; the dispatcher gets the result",
        ("handled",), "feedback", "department", RIGHT_COORDINATE, step=("handle",), opens=("review",), closes="all",
        outcome="done", public=True, notifies=("department",), key="c", primary=True, done_zh="单位确认处置结果", done_en="Result confirmed",
    ),
    Transition(
        "request_delay", "申请延期", "Ask for more time",
        "写明理由和增加的时间，值班长审批，批准前时限照走", "Reason and time needed; the duty chief decides; the limit runs on until then",
        AT_DEPARTMENT, "", "department", RIGHT_COORDINATE, step=("handle",), requires=("note", "data:extension"),
        opens=("delay",), guard="events.rules.may_request_delay", scope="assignment", notifies=("department",), key="l",
    ),
    Transition(
        "grant_delay", "同意延期", "Grant the delay",
        "处置时限和总时限按申请延长", "The handling limit and the limit of the case are extended as asked",
        AT_DEPARTMENT, "", "department", RIGHT_SUPERVISE, step=("delay",), requires=("data:extension",),
        extends=("handle", "total"), closes="own", outcome="granted", guard="events.rules.may_grant_delay", scope="assignment", public=True, key="g", done_zh="同意延期", done_en="Delay granted",
    ),
    Transition(
        "refuse_delay", "不同意延期", "Refuse the delay",
        "写明理由，时限不变", "Reason needed; the limit stays",
        AT_DEPARTMENT, "", "department", RIGHT_SUPERVISE, step=("delay",), requires=("note",), closes="own",
        outcome="refused", scope="assignment", key="n",
    ),
    Transition(
        "request_suspension", "申请挂账", "Ask for suspension",
        "暂不具备处置条件时申请，值班长审批", "Conditions are missing: reason needed; the duty chief decides",
        AT_DEPARTMENT, "", "department", RIGHT_COORDINATE, step=("handle",), requires=("note",), opens=("suspension",),
        guard="events.rules.may_request_suspension", scope="assignment", notifies=("department",), key="s",
    ),
    Transition(
        "suspend", "同意挂账", "Suspend",
        "所有时限暂停，单位继续持有", "All limits rest; the department keeps the case",
        AT_DEPARTMENT, "suspended", "department", RIGHT_SUPERVISE, step=("suspension",), requires=("note",), closes="own",
        pauses="suspended", outcome="granted", public=True, key="p", done_zh="挂账", done_en="Suspended",
    ),
    Transition(
        "refuse_suspension", "不同意挂账", "Refuse the suspension",
        "写明理由，时限照走", "Reason needed; the limits run on",
        AT_DEPARTMENT, "", "department", RIGHT_SUPERVISE, step=("suspension",), requires=("note",), closes="own",
        outcome="refused", scope="assignment", key="q",
    ),
    Transition(
        "resume", "解除挂账", "End the suspension",
        "时限继续走，单位重新指派", "The limits run on; the department assigns again",
        ("suspended",), "pending_handle", "department", RIGHT_COORDINATE, step=("handle",), requires=("note",), resumes=True,
        sets_holder="nobody",
        public=True, key="u", primary=True, done_zh="解除挂账", done_en="Suspension ended",
    ),
)  # fmt: skip
