"""The vocabulary of rights and scopes in both languages, who is present, and the people of the demo."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from ledger.actors import Actor

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
    "field.use": ("使用现场端", "Use the field pages"),
    "people.contact": ("查看联系方式", "See contact details"),
    "grids.read": ("查看网格", "See grids"),
    "grids.edit": ("编辑网格", "Edit grids"),
    "wages.read": ("查看工资监管", "See the supervision of wages"),
    "wages.manage": ("导入工资表、处置预警和诉求", "Import wage sheets, handle warnings and claims"),
    "rules.draft": ("起草规则", "Draft rules"),
    "rules.approve": ("审批规则", "Approve rules"),
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
        DemoRole("resident", "person", _("Resident"), _("Report something on the map and follow it to the end.")),
        DemoRole("gridworker", "phone", _("Grid worker"), _("On a phone: report with a photo, verify, check on site.")),
        DemoRole("acceptor", "telephone", _("Acceptance officer"), _("File a report or refuse it with a reason.")),
        DemoRole("dispatcher", "send", _("Dispatcher"), _("Choose the department; has two roles, try the switch.")),
        DemoRole("coordinator", "diagram-2", _("Department coordinator"), _("Assign a handler or return the case.")),
        DemoRole("handler", "tools", _("Handler"), _("Take a task, handle it, prove it with before and after.")),
        DemoRole("chief", "shield-check", _("Duty chief"), _("Answer requests and what no rule could route.")),
        DemoRole("leader", "megaphone", _("Leader"), _("See the whole county and put a case under supervision.")),
        DemoRole(
            "evaluator", "clipboard-data", _("Evaluator"), _("See how long each step took and where it came back.")
        ),
        DemoRole("inspector", "briefcase", _("Labour inspector"), _("See what concerns the labour inspection.")),
        DemoRole("window", "shop", _("Window clerk"), _("Look up a case for somebody at the counter.")),
        DemoRole("registrar", "map", _("Registry clerk"), _("Open the grids and their boundary versions.")),
        DemoRole("admin", "people", _("System administrator"), _("Create a user and disable one; sees no case.")),
        DemoRole("security", "person-badge", _("Security administrator"), _("Grant and end roles; makes no users.")),
        DemoRole("auditor", "journal-check", _("Audit administrator"), _("Read who did what to the system.")),
    )
}
