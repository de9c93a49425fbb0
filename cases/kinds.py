"""Registry of kinds of case. Apps register dotted names in `apps.py`; a system check resolves every one of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

from ledger.kinds import Retention

if TYPE_CHECKING:
    from cases.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Target:
    """Who gets a step: a department, perhaps a person of it, perhaps any member with a role."""

    department_id: int
    holder_id: int | None = None
    needs_role: str | None = None  # None: what the step says


@dataclass(frozen=True)
class CaseKind:
    """A kind of case. Everything is a dotted name, so registering imports nothing.

    Arguments:
        workflow: of a `cases.workflow.Workflow`.
        detail: `(case_id: int, actor: Actor) -> object`: what only this kind has, for the case file.
        facts: `(case_id: int) -> Mapping[str, Any]`: domain facts the guards look at; read once per move that has a
            guard.
        deadline: `(case, stage_code: str, data: Mapping) -> tuple[unit, budget] | None`: None leaves the workflow's
            default.
        automatic: `(case, *, transition: str, rule, now) -> dict[str, Any]`: keyword arguments for `engine.apply`
            when a rule
            moves the case (data, note); may write this kind's own rows, it runs in the transaction of the move.
        categories: `(keys: Collection[str]) -> Mapping[str, tuple[zh, en]]`: names of categories, for lists.
        moves: transition → URL name, for moves that need a screen of the kind (filing with a condition, …).
        partial: template of the detail on the case file.
        public: category, state, place and dates of its cases are open data (design 6).
        called: what whoever opened it calls it, a key of CALLED: notices and the case file word it so.
        icon: name of a Bootstrap icon, for lists.
        tracking: `(case: Case, now: datetime) -> cases.queries.TrackFacts | None`: what only this kind tells whoever
            follows the case by its private link; "" its cases are followed by nobody from outside.
    """

    slug: str
    name_zh: str
    name_en: str
    workflow: str
    detail: str = ""
    facts: str = ""
    deadline: str = ""
    automatic: str = ""
    categories: str = ""
    moves: Mapping[str, str] = field(default_factory=dict)
    partial: str = ""
    public: bool = False
    tracking: str = ""
    called: str = "report"
    icon: str = "folder2"

    def dotted_names(self) -> Iterator[str]:
        names = (
            self.workflow,
            self.detail,
            self.facts,
            self.deadline,
            self.automatic,
            self.categories,
            self.tracking,
        )
        yield from (name for name in names if name)


# what the one who opened a case calls it
CALLED = ("report", "application", "claim", "request", "warning")
# columns of an edition of routing rules: field → (Chinese, English)
RULE_FIELDS = {
    "priority": ("优先级", "Priority"),
    "reason": ("理由", "Reason"),
    "category": ("类别", "Category"),
    "territory": ("区域", "Territory"),
    "source": ("来源", "Source"),
    "answers": ("附加条件", "Answers"),
    "department": ("送往", "Sends to"),
    "role": ("承办岗位", "Role that may take it"),
    "how": ("方式", "How"),
    "step": ("案件与环节", "Kind and step"),
    "owner": ("责任人", "Who answers for it"),
}

_ARCHIVE = ("档案法第十四条：案卷归档保存", "Archives Law 14: files of public business are kept")
RETENTION = (
    Retention(
        key="cases.intake",
        model="cases.Intake",
        fields=("key",),
        basis=("个人信息保护法第十九条：最短必要时间", "PIPL 19: the shortest time that is needed"),
        after=("计数所在小时之后；仅为加密摘要", "after the hour it counts; a keyed hash only"),
        action="delete",
        days=1,
        rows="cases.queries.old_intake",
    ),
    Retention(
        key="cases.contact",
        model="accounts.Person",
        fields=("name", "phone", "id_number"),
        basis=("个人信息保护法第十九条：最短必要时间", "PIPL 19: the shortest time that is needed"),
        after=("本人最后一个案件办结后（无账号者）", "after the last case of a person without an account was closed"),
        action="erase",
        days="CONTACT_DAYS",
        rows="cases.queries.contacts_due",
        handler="accounts.actions.forget_contacts",
    ),
    Retention(
        key="cases.resident",
        model="accounts.Person",
        fields=("name", "phone", "id_number"),
        basis=("个人信息保护法第四十七条：停止提供服务即删除", "PIPL 47: deleted when the service is no longer used"),
        after=("最后一次登录后（有账号的居民，无未结案件）", "after a resident's last sign-in, without an open case"),
        action="erase",
        days=1095,
        rows="cases.queries.idle_residents",
        handler="accounts.actions.close_accounts",
    ),
    Retention(
        key="cases.case",
        model="cases.Case",
        fields=("address", "person"),
        basis=_ARCHIVE,
        after=(
            "地点属于案卷；本人信息另行删除，仅余编号",
            "the place belongs to the file; the person behind the id is erased",
        ),
        action="keep",
    ),
    Retention(
        key="cases.attachment",
        model="cases.Attachment",
        fields=("caption",),
        basis=_ARCHIVE,
        after=(
            "照片及其说明属于案卷；经审核才公开",
            "photos and their captions belong to the file; public only after release",
        ),
        action="keep",
    ),
    Retention(
        key="cases.history",
        model="cases.HistoryEntry",
        fields=("note",),
        basis=_ARCHIVE,
        after=("办理过程属于案卷，只增不改", "what was done belongs to the file and is append-only"),
        action="keep",
    ),
)
# what a simulation of routing rules finds, worst first: code → (Chinese, English)
RULE_VERDICTS = {
    "nothing": ("将无规则匹配", "no rule would fit"),
    "department": ("将送往其他部门", "would go to another department"),
    "how": ("自动或岗位将改变", "automatic or role would change"),
    "rule": ("部门不变，适用规则不同", "same department by another rule"),
    "still": ("新旧规则均不匹配", "no rule fits, before or after"),
}

_kinds: dict[str, CaseKind] = {}


def register_kind(kind: CaseKind) -> None:
    """Add a kind; a second one with the same slug is refused."""
    if kind.slug in _kinds and _kinds[kind.slug] != kind:
        raise ValueError(f"kind {kind.slug!r} is registered twice")
    _kinds[kind.slug] = kind


def unregister_kind(slug: str) -> None:
    """Take a kind out again; for tests."""
    _kinds.pop(slug, None)


def kind(slug: str) -> CaseKind:
    """The kind; KeyError when it was never registered."""
    return _kinds[slug]


def all_kinds() -> tuple[CaseKind, ...]:
    return tuple(_kinds.values())


@cache
def resolve(dotted: str) -> Any:
    """The object behind a dotted name."""
    return import_string(dotted)


def workflow(slug: str) -> "Workflow":
    """The workflow of a kind."""
    found: Workflow = resolve(kind(slug).workflow)
    return found


def call(dotted: str) -> Callable[..., Any]:
    """The function behind a dotted name."""
    found: Callable[..., Any] = resolve(dotted)
    return found


def check_kinds(app_configs: object, **kwargs: object) -> Sequence[CheckMessage]:
    """System check: every dotted name of every kind leads to something, and the workflow is of that kind."""
    errors: list[CheckMessage] = []
    for registered in all_kinds():
        names = list(registered.dotted_names())
        try:
            table = workflow(registered.slug)
        except (ImportError, ValueError) as error:
            errors.append(Error(f"kind {registered.slug}: {error}", id="cases.E001"))
            continue
        if registered.called not in CALLED:
            errors.append(Error(f"kind {registered.slug}: called {registered.called}", id="cases.E004"))
        if table.kind != registered.slug:
            errors.append(Error(f"kind {registered.slug}: its workflow is of {table.kind}", id="cases.E002"))
        names += [t.guard for t in table.transitions if t.guard]
        names += [s.to.removeprefix("call:") for s in table.steps if s.to.startswith("call:")]
        for name in names:
            try:
                resolve(name)
            except ImportError as error:
                errors.append(Error(f"kind {registered.slug}: {error}", id="cases.E003"))
    return errors
