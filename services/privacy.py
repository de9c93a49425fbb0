"""A request about one's own data (PIPL 44 to 50): what is asked, how it travels, what the person is told."""

from datetime import date
from decimal import Decimal

from cases.kinds import CaseKind
from cases.workflow import Link, Routing, Stage, State, Step, Transition, Workflow
from ledger.kinds import NoticeKind, NoticeVersion

DECIDE = "privacy.decide"
# what may be asked → (Chinese, English); the category of the case is "privacy/<ask>"
ASKS = {
    "erase_contacts": ("删除我在各次上报中留下的联系方式", "Erase the contacts I left with my reports"),
    "close_account": ("删除我的全部个人信息并注销账号", "Erase everything about me and close my account"),
    "correct_name": ("更正我的姓名", "Correct my name"),
}

LINKS = (
    Link("receive", "收到", "Receive"),
    Link("decide", "决定", "Decide"),
    Link("do", "执行", "Carry out"),
    Link("close", "办结", "Close"),
)
STATES = (
    State("received", "请求待分办", "Request received", "receive", public_zh="已收到", public_en="Received"),
    State(
        "to_decide",
        "请求待决定",
        "Request to be decided",
        "decide",
        public_zh="信息中心正在核实",
        public_en="The information centre looks into it",
    ),
    State(
        "to_do", "请求执行中", "Being carried out", "do", public_zh="已同意，正在执行", public_en="Granted, being done"
    ),
    State("done", "请求已执行", "Carried out", "close", final=True, public_zh="已执行", public_en="Done"),
    State(
        "declined",
        "请求不予支持",
        "Request declined",
        "close",
        final=True,
        public_zh="不予支持，理由见说明",
        public_en="Declined, see the reason",
    ),
    State(
        "taken_back",
        "请求已撤回",
        "Request withdrawn",
        "close",
        final=True,
        public_zh="您已撤回",
        public_en="You withdrew it",
    ),
)
STAGES = (
    Stage("assign", "分办时限", "Assignment", "working_day", Decimal(1)),
    # answered within 15 working days: the promise of the notice; PIPL 50 says "in time"
    Stage("total", "答复时限", "Answer", "working_day", Decimal(15)),
)
STEPS = (
    Step("intake", "请求分办", "Assign the request", "intake", "function:supervision", stage="assign"),
    Step("chief", "请求值班长定夺", "Duty chief decides on the request", "step", "function:supervision", "duty_chief"),
    Step("handle", "核实与决定", "Look into it and decide", "lead"),
)
TRANSITIONS = (
    Transition(
        "assign",
        "分办请求",
        "Assign the request",
        "个人信息保护专员同一时刻收到",
        "The personal data officer has it the same moment",
        ("received",),
        "to_decide",
        "department",
        "cases.dispatch",
        also=("rule",),
        step=("intake", "chief"),
        requires=("department",),
        opens=("handle",),
        closes="all",
        outcome="assigned",
        public=True,
        notifies=("department",),
        key="d",
        primary=True,
        done_zh="已交信息中心核实",
        done_en="Given to the information centre",
    ),
    Transition(
        "call_duty_chief",
        "提请值班长",
        "Ask the duty chief",
        "无规则可用，值班长收到",
        "No rule fits; the duty chief gets it",
        ("received",),
        "received",
        "department",
        "cases.dispatch",
        also=("rule",),
        step=("intake",),
        opens=("chief",),
        closes="own",
        notifies=("department",),
        key="h",
    ),
    Transition(
        "grant",
        "同意并执行",
        "Grant and carry out",
        "系统随即删除或更正，不可恢复；理由本人可见",
        "The system erases or corrects at once and for good; the person reads the reason",
        ("to_decide",),
        "to_do",
        "holder",
        DECIDE,
        step=("handle",),
        requires=("note",),
        sets_holder="actor",
        public=True,
        guard="services.queries.privacy.may_grant",
        promises=("services.privacy",),
        key="y",
        primary=True,
        done_zh="同意您的请求",
        done_en="Your request was granted",
    ),
    Transition(
        "carried_out",
        "执行完毕",
        "Carried out",
        "系统记录执行结果",
        "The system records what was done",
        ("to_do",),
        "done",
        "clock",
        closes="all",
        outcome="granted",
        public=True,
        notifies=("reporter",),
        hidden=True,
        done_zh="已删除或更正",
        done_en="Erased or corrected",
    ),
    Transition(
        "take_back",
        "收回决定",
        "Take the decision back",
        "仅在尚未执行时可用，回到待决定",
        "Only while it has not been carried out; to be decided again",
        ("to_do",),
        "to_decide",
        "holder",
        DECIDE,
        step=("handle",),
        requires=("note",),
        public=True,
        key="b",
        done_zh="决定已收回，重新核实",
        done_en="The decision was taken back",
    ),
    Transition(
        "decline",
        "不予支持",
        "Decline",
        "写明法律理由，本人可见",
        "With the legal reason; the person reads it",
        ("to_decide",),
        "declined",
        "holder",
        DECIDE,
        step=("handle",),
        requires=("note",),
        closes="all",
        outcome="declined",
        public=True,
        notifies=("reporter",),
        promises=("services.privacy",),
        key="n",
        done_zh="您的请求未获支持",
        done_en="Your request was declined",
    ),
    Transition(
        "withdraw",
        "撤回请求",
        "Withdraw the request",
        "办理终止，不作改动",
        "It ends; nothing is changed",
        ("received", "to_decide"),
        "taken_back",
        "reporter",
        requires=("note",),
        closes="all",
        outcome="withdrawn",
        public=True,
        notifies=("department",),
        promises=("services.privacy",),
        key="w",
        hidden=True,
        done_zh="您撤回了请求",
        done_en="You withdrew the request",
    ),
)
REQUEST = Workflow(
    kind="privacy_request",
    version=1,
    initial="received",
    links=LINKS,
    states=STATES,
    steps=STEPS,
    transitions=TRANSITIONS,
    opens=("intake",),
    stages=STAGES,
    starts=("total",),
    routing=Routing(step="handle", automatic=("assign",), unrouted="call_duty_chief", waiting=("received",)),
)

NOTICE = (
    NoticeVersion(
        version=1,
        effective=date(2026, 11, 1),
        short=(
            "您填写的内容仅用于办理本次请求；更正用的姓名加密保存，办结后随即删除或并入您的信息。",
            "What you write serves this request only; a corrected name is encrypted and then erased or taken over.",
        ),
        fields=(("您要求更正的姓名", "the name you want"), ("您的说明", "your words")),
        purpose=("核实并办理您的请求。", "To look into your request and carry it out."),
        basis=(
            "个人信息保护法第十三条第一款第三项、第五十条（处理个人行使权利的申请）。",
            "PIPL Art. 13(1)(3) and Art. 50 (handling of requests).",
        ),
        retention=(
            "请求案卷按档案管理规定保存，不含您的姓名和电话。",
            "The file of the request is archived without your name and number.",
        ),
        recipients=("市政务信息中心的个人信息保护专员。", "The personal data officer of the information centre."),
    ),
)

PRIVACY_NOTICE = NoticeKind(
    key="privacy_request",
    versions="services.privacy.NOTICE",
    name_zh="个人信息请求",
    name_en="Request about personal data",
    forms=("services.forms.PrivacyForm",),
    templates=("services/my_data.html",),
)
REQUEST_KIND = CaseKind(
    slug="privacy_request",
    name_zh="个人信息请求",
    name_en="Request about personal data",
    workflow="services.privacy.REQUEST",
    detail="services.queries.privacy.request_detail",
    facts="services.queries.privacy.request_facts",
    categories="services.queries.privacy.category_names",
    partial="services/privacy_detail.html",
    tracking="services.queries.privacy.track_facts",
)
