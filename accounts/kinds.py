"""The vocabulary of rights and scopes in both languages, who is present, and the people of the demo."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from ledger.actors import Actor
from ledger.kinds import NoticeVersion, Retention

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# right → (Chinese, English); a role of a city folder may name no other
RIGHTS: dict[str, tuple[str, str]] = {
    "cases.read": ("查看本辖区或本部门案件", "See cases of one's area or department"),
    "cases.claim": ("领取任务", "Claim tasks"),
    "cases.file": ("立案与结案", "File and close cases"),
    "cases.dispatch": ("派遣", "Dispatch"),
    "cases.coordinate": ("部门内分派", "Assign inside a department"),
    "cases.handle": ("处置", "Handle"),
    "cases.verify": ("核实", "Verify before filing"),
    "cases.check": ("核查", "Check after handling"),
    "cases.supervise": ("督办与审批", "Supervise and approve"),
    "cases.release": ("公开文字与照片", "Release texts and photos"),
    "cases.statistics": ("统计与考核", "Statistics and evaluation"),
    "services.file": ("窗口代申请", "File applications at the counter"),
    "services.accept": ("受理办件", "Accept applications"),
    "services.review": ("审查办件", "Review applications"),
    "services.decide": ("审批决定", "Decide applications"),
    "licences.read": ("查看证照", "See licences"),
    "licences.issue": ("签发证照", "Issue licences"),
    "licences.revoke": ("注销证照", "Revoke licences"),
    "field.use": ("使用现场端", "Use the field pages"),
    "people.contact": ("查看联系方式", "See contact details"),
    "people.register": ("登记居住、就业等信息", "Keep facts about persons"),
    "grids.read": ("查看网格", "See grids"),
    "grids.edit": ("编辑网格", "Edit grids"),
    "grids.publish": ("发布网格边界", "Publish grid boundaries"),
    "wages.read": ("查看工资监管", "See the supervision of wages"),
    "wages.manage": ("导入工资表、处置预警和诉求", "Import wage sheets, handle warnings and claims"),
    "calendar.edit": ("维护节假日与调休日历", "Keep the calendar of holidays"),
    "rules.draft": ("起草规则", "Draft rules"),
    "rules.approve": ("审批规则", "Approve rules"),
    "privacy.decide": ("办理个人信息请求", "Decide requests about personal data"),
    "accounts.manage": ("管理用户与部门", "Manage users and departments"),
    "accounts.memberships": ("授予与终止岗位", "Grant and end memberships"),
    "audit.read": ("查看审计记录", "Read the audit"),
    "operations.settle": ("处理失败任务", "Settle failed work"),
}

# scope of an API client → (Chinese, English)
SCOPES: dict[str, tuple[str, str]] = {
    "reports.write": ("上报事件", "Report incidents"),
    "reports.read": ("查询本系统上报的事件", "Follow incidents it reported"),
    "grids.read": ("坐标定位网格", "Find the grid of a point"),
    "cases.read": ("查询本部门辖区案件的公开信息", "Read the public side of cases in its department's area"),
    "projects.read": ("查询工程项目公开信息", "Read the public side of projects"),
    "services.read": (
        "查询政务服务目录与办件公开状态",
        "Read the catalogue of services and the public state of a matter",
    ),
}

# right → first page of the desk for a hat that has it; the administrators see no case
DESK_HOMES = (
    ("cases.read", "/desk/"),
    ("accounts.manage", "/desk/users/"),
    ("accounts.memberships", "/desk/memberships/"),
    ("audit.read", "/desk/audit/"),
    ("grids.read", "/desk/grids/"),
    ("operations.settle", "/desk/operations/"),
)
FACES = ("desk", "field", "public")
SEPARATIONS = ("system", "security", "audit")
LEVELS = ("city", "county", "township", "community")


@dataclass(frozen=True, slots=True)
class Hat:
    """One valid membership of the person who is signed in, for the hat switch."""

    id: int
    role: str
    role_zh: str
    role_en: str
    department_id: int
    department_zh: str
    department_en: str
    territory: str
    face: str


@dataclass(frozen=True, slots=True)
class Presence:
    """Everything a page shell needs to know about who is asking; made by one statement per request.

    Arguments:
        hats: all valid memberships, the one that is on first chosen by `hat`.
        face: "desk", "field" or "public": the shell this actor lands in.
        unread: notices not yet read.
        second_factor_missing: the role demands TOTP and the user has none.
    """

    actor: Actor
    hat: Hat | None = None
    hats: tuple[Hat, ...] = field(default=())
    name: str = ""
    name_en: str = ""
    face: str = "public"
    unread: int = 0
    second_factor_missing: bool = False

    @property
    def home(self) -> str:
        """First page of this actor: of his shell, and on the desk the first of DESK_HOMES that his rights open."""
        if self.face != "desk":
            return {"field": "/field/"}.get(self.face, "/")
        return next((path for right, path in DESK_HOMES if self.actor.may(right)), "/notices/")


@dataclass(frozen=True, slots=True)
class DemoRole:
    """One button of the demo's sign-in page: who, and one sentence on what to try."""

    username: str
    icon: str
    label: "StrPromise"
    hint: "StrPromise"


DEMO_ROLES = {
    role.username: role
    for role in (
        DemoRole(
            "resident",
            "person",
            _("Resident"),
            _("Report something, apply for a permit, see your wages and, under My data, what is held about you."),
        ),
        DemoRole("gridworker", "phone", _("Grid worker"), _("On a phone: report with a photo, verify, check on site.")),
        DemoRole("acceptor", "telephone", _("Acceptance officer"), _("File a report or refuse it with a reason.")),
        DemoRole(
            "dispatcher",
            "send",
            _("Dispatcher"),
            _("Choose the department, draft rules and catalogues; has two roles, try the switch."),
        ),
        DemoRole(
            "coordinator",
            "diagram-2",
            _("Department coordinator"),
            _("Assign a handler, return a case, or give an opinion on an application."),
        ),
        DemoRole("handler", "tools", _("Handler"), _("Take a task, handle it, prove it with before and after.")),
        DemoRole(
            "chief",
            "shield-check",
            _("Duty chief"),
            _("Answer requests, publish boundaries, approve and publish drafts of rules and catalogues."),
        ),
        DemoRole(
            "leader",
            "megaphone",
            _("Leader"),
            _("See the whole county, its wages included, and put a case under supervision."),
        ),
        DemoRole(
            "evaluator",
            "clipboard-data",
            _("Evaluator"),
            _("See how long each step took, where it came back, and the board of wages."),
        ),
        DemoRole(
            "inspector",
            "briefcase",
            _("Labour inspector"),
            _("Import a wage sheet, handle a warning from verification to payment, look into a claim."),
        ),
        DemoRole(
            "window",
            "shop",
            _("Window clerk"),
            _("File an application at the counter, accept it, or ask once for what is missing."),
        ),
        DemoRole(
            "approver",
            "patch-check",
            _("Approval officer"),
            _("Accept, decide with reasons, issue a licence and revoke it."),
        ),
        DemoRole(
            "dataofficer",
            "shield-lock",
            _("Personal data officer"),
            _("Decide what residents ask about their own data."),
        ),
        DemoRole(
            "registrar",
            "map",
            _("Registry clerk"),
            _("Split or redraw a grid on the map and hand it in; import divisions."),
        ),
        DemoRole(
            "admin",
            "people",
            _("System administrator"),
            _("Create a user and disable one, settle failed work, import holidays; sees no case."),
        ),
        DemoRole(
            "security",
            "person-badge",
            _("Security administrator"),
            _("Grant and end roles, issue API tokens, place legal holds; makes no users."),
        ),
        DemoRole(
            "auditor",
            "journal-check",
            _("Audit administrator"),
            _("Read who did what to the system, and how long personal data is kept."),
        ),
    )
}

_LOGS = ("网络安全法第二十一条：网络日志至少六个月", "Cybersecurity Law 21: network logs, at least six months")
_STAFF = ("公务员法与档案法：职务行为须可追溯", "acts of office stay attributable (Archives Law 14)")
_SHORTEST = ("个人信息保护法第十九条：最短必要时间", "PIPL 19: the shortest time that is needed")

RETENTION = (
    Retention(
        key="accounts.phonecode",
        model="accounts.PhoneCode",
        fields=("phone",),
        basis=_SHORTEST,
        after=("发送后", "after it was sent"),
        action="delete",
        days=2,
        rows="accounts.queries.old_codes",
    ),
    Retention(
        key="accounts.standin",
        model="accounts.StandInMessage",
        fields=("recipient", "body"),
        basis=_SHORTEST,
        after=("仅演示：发送后", "demo only: after it was sent"),
        action="delete",
        days=30,
        rows="accounts.queries.old_stand_in_messages",
    ),
    Retention(
        key="accounts.notice",
        model="accounts.Notice",
        fields=("person",),
        basis=_SHORTEST,
        after=("发出后；内容只有编号", "after it was written; holds ids only"),
        action="delete",
        days=730,
        rows="accounts.queries.old_notices",
        owner="person",
        what=("发给您的消息", "messages to you"),
    ),
    Retention(
        key="accounts.session",
        model="usersessions.UserSession",
        fields=("ip", "user_agent"),
        basis=_LOGS,
        after=("最后一次使用后", "after it was last used"),
        action="delete",
        days=183,
        rows="accounts.queries.old_sessions",
        owner="user__person",
        what=("登录所用设备和网络地址", "devices and network addresses you signed in from"),
    ),
    *(
        Retention(
            key=f"accounts.{name.lower()}",
            model=f"axes.{name}",
            fields=("ip_address", "user_agent"),
            basis=_LOGS,
            after=("登录尝试后", "after the attempt to sign in"),
            action="delete",
            days=183,
            rows=f"accounts.queries.old_{name.lower()}s",
        )
        for name in ("AccessAttempt", "AccessLog", "AccessFailureLog")
    ),
    Retention(
        key="accounts.user",
        model="accounts.User",
        fields=("first_name", "last_name", "email", "display_name", "display_name_en", "person"),
        basis=_STAFF,
        after=(
            "工作人员姓名随其职务行为保存；居民账号不存姓名",
            "names of officials stay with their acts; residents have none",
        ),
        action="keep",
    ),
    Retention(
        key="accounts.department",
        model="accounts.Department",
        fields=("phone",),
        basis=("政府信息公开条例：办公电话应公开", "office numbers are public"),
        after=("非个人信息：部门办公电话", "no personal data: the department's own number"),
        action="keep",
    ),
    Retention(
        key="accounts.organisation",
        model="accounts.Organisation",
        fields=("phone",),
        basis=("保障农民工工资支付条例等：监管对象联系方式", "contact of a supervised organisation"),
        after=("单位在册期间", "as long as the organisation is registered"),
        action="keep",
    ),
    Retention(
        key="accounts.emailaddress",
        model="account.EmailAddress",
        fields=("email",),
        basis=_SHORTEST,
        after=("本系统不使用该表", "this table is not used"),
        action="keep",
    ),
)

SIGN_IN_NOTICE = (
    NoticeVersion(
        version=1,
        effective=date(2026, 11, 1),
        short=(
            "手机号仅用于登录和告知您本人办件的进展，加密保存，不作他用。",
            "The number is used to sign you in and to tell you about your own matters; it is encrypted and used for"
            " nothing else.",
        ),
        fields=(
            ("手机号", "mobile number"),
            ("登录时的网络地址和浏览器类型", "network address and browser at sign-in"),
        ),
        purpose=(
            "确认是您本人在登录；把您提交事项的进展告知您；防止他人冒用。",
            "To make sure that it is you; to tell you about what you submitted; to keep others out.",
        ),
        basis=(
            "个人信息保护法第十三条第一款第一项（您的同意）；登录日志依据网络安全法第二十一条。",
            "PIPL Art. 13(1)(1), your consent; sign-in logs: Cybersecurity Law Art. 21.",
        ),
        retention=(
            "账号注销或连续三年未登录后删除；验证码两日内删除；登录日志六个月。",
            "Until you close the account or stay away for three years; codes two days; sign-in logs six months.",
        ),
        recipients=(
            "发送短信的通信服务商（仅手机号和验证码）。不向其他单位提供。",
            "The carrier that delivers the message (number and code only). Nobody else.",
        ),
    ),
)
