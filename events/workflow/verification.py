"""Transitions after the feedback: rework, check on site, close."""

from cases.workflow import Transition

RIGHT_FILE = "cases.file"
RIGHT_DISPATCH = "cases.dispatch"
RIGHT_CHECK = "cases.check"
RIGHT_SUPERVISE = "cases.supervise"

VERIFICATION = (
    Transition(
        "request_check", "派发核查", "Send for the check on site",
        "网格员收到现场核查任务", "The grid worker gets the check on site",
        ("feedback",), "checking", "department", RIGHT_DISPATCH, step=("review",), opens=("check",), closes="own",
        outcome="passed_on", public=True, notifies=("holder",), key="k", primary=True, done_zh="派发现场核查", done_en="Sent for the check",
    ),
    Transition(
        "rework", "返工", "Send back for rework",
        "写明理由，退回原承办单位，计一次返工", "Reason needed; back to the same department; counts as rework",
        ("feedback", "rework_pending"), "pending_handle", "department", RIGHT_DISPATCH, step=("review",), requires=("note",),
        opens=("back:handle",), closes="own", counts="rework", outcome="rework", public=True, notifies=("department",),
        key="g", done_zh="返工", done_en="Sent back for rework",
    ),
    Transition(
        "check_passed", "核查通过", "Check passed",
        "上传核查照片，受理员可以结案", "Photo needed; the acceptance officer can close it",
        ("checking",), "pending_close", "holder", RIGHT_CHECK, step=("check",), requires=("photo_check",), opens=("close",),
        closes="own", outcome="passed", public=True, notifies=("department",), key="y", primary=True, done_zh="现场核查通过", done_en="Check passed",
    ),
    Transition(
        "check_failed", "核查不通过", "Check failed",
        "写明问题并拍照，受理员退回返工", "Say what is wrong, with a photo; acceptance sends it back",
        ("checking",), "pending_close", "holder", RIGHT_CHECK, step=("check",), requires=("note", "photo_check"), opens=("close",),
        closes="own", outcome="failed", public=True, notifies=("department",), key="n", done_zh="现场核查不通过", done_en="Check failed",
    ),
    Transition(
        "recheck", "重新核查", "Check again",
        "写明理由，网格员再次核查", "Reason needed; the grid worker checks again",
        ("pending_close",), "checking", "department", RIGHT_FILE, step=("close",), requires=("note",), opens=("check",),
        closes="own", outcome="recheck", notifies=("holder",), key="k",
    ),
    Transition(
        "send_back", "退回返工", "Send back",
        "写明理由，派遣员退回原承办单位返工", "Reason needed; the dispatcher sends it back to the same department",
        ("pending_close",), "rework_pending", "department", RIGHT_FILE, step=("close",), requires=("note",), opens=("back:review",),
        closes="own", outcome="sent_back", public=True, notifies=("department",), key="g",
    ),
    Transition(
        "close", "结案", "Close",
        "核查须已通过；报告人收到结果，可以评价", "The check must have passed; the reporter gets the result and may rate it",
        ("pending_close",), "closed", "department", RIGHT_FILE, step=("close",), closes="all", outcome="closed",
        public=True, notifies=("reporter",), guard="events.rules.may_close", key="c", primary=True, done_zh="结案", done_en="Closed",
    ),
    Transition(
        "force_close", "强制结案", "Close by order",
        "写明理由，所有任务终止，报告人可见", "Reason needed; every task ends; the reporter reads it",
        (
            "returned", "pending_dispatch", "department_returned", "pending_handle", "handling", "suspended", "handled",
            "feedback", "rework_pending", "checking", "pending_close",
        ),
        "forced_closed", "territory", RIGHT_SUPERVISE, requires=("note",), closes="all", outcome="forced_closed", public=True,
        notifies=("reporter",), key="z", done_zh="强制结案", done_en="Closed by order",
    ),
)  # fmt: skip
