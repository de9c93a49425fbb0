"""What an upper app says about a change of boundaries before it is published: dotted names only.

A consequence is `(parts, grid_ids, scheme) -> list[Consequence]`: parts are (code, polygon as WKB) after the change,
grid_ids the grids that lose something. It reads and returns counts and numbers, never persons.
"""

from dataclasses import dataclass

from ledger.kinds import Retention

consequences: dict[str, str] = {}
open_work: dict[str, "WorkSource"] = {}
followers: dict[str, str] = {}
# what the report of blind spots finds: kind → (Chinese, English)
HOLES = {
    "gap": ("不属于任何网格的区域", "Area in no grid"),
    "overlap": ("同属两个网格的区域", "Area in two grids"),
    "outside": ("网格超出村（社区）的区域", "Area of a grid outside its village"),
    "crossing": ("网格边界自相交", "Boundary that crosses itself"),
    "unshared": ("相邻网格未共用界点", "Neighbours without shared vertices"),
    "unmeasured": ("由多块组成、未逐处核对的村（社区）", "Village of several parts, not looked at place by place"),
    "houses": ("不属于任何网格的房屋", "Houses in no grid"),
    "worker": ("没有网格员的网格", "Grids without a worker"),
    "deputy": ("没有副网格员的网格", "Grids without a deputy"),
    "duty": ("无人履行的职责", "Duties without a person"),
    "leave": ("离岗而无人替班", "Leave without a substitute"),
    "load": ("超出负荷上限的人员", "Persons over the limit"),
    "moving": ("尚未转入新网格的案件", "Cases still moving"),
}
WORKER_ROLE = "grid_worker"  # serves as worker or deputy of a grid


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something that changes its grid.

    Arguments:
        kind: cases, households, addresses, posts; of a change of divisions grids and members as well.
        before, after: codes of grids or villages; "" for none.
        count: how many.
        examples: some numbers or codes.
    """

    kind: str
    before: str
    after: str
    count: int
    examples: tuple[str, ...] = ()


def register_consequence(name: str, query: str) -> None:
    """A dotted name of a query that says what a change would move."""
    consequences[name] = query


def register_follower(name: str, action: str) -> None:
    """A dotted `(*, moves: Mapping[str, str], now: datetime) -> None` of an upper app.

    moves: path of a village that ends → path of the one that takes its place. What the app keeps by path and not by
    place follows, in the transaction in which a change of divisions comes into force.
    """
    followers[name] = action


@dataclass(frozen=True, slots=True)
class MovingWork:
    """Open work that names grid `before` and lies in `after` ("" for none), in the village of its territory path."""

    scheme: str
    before: str
    after: str
    village: str
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class WorkSource:
    """What an upper app knows of work in grids: dotted names.

    Arguments:
        held: `(users: Collection[int]) -> dict[int, int]`: user id → open steps he holds.
        moving: `(*, within: str, on: date) -> list[MovingWork]`: open work whose grid is not the one it names.
        in_grid: `(grid_id: int, now: datetime) -> tuple[int, int]`: open work of a grid, and what of it is overdue.
    """

    held: str
    moving: str
    in_grid: str


def register_work(name: str, source: WorkSource) -> None:
    """Say who counts the open work of people and finds what still has to follow a change of boundaries."""
    open_work[name] = source


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind of fact about a person.

    Arguments:
        purpose: code, see services.templatetags.privacy.
        basis: the clause it is kept on.
        verify_days: after so many days from its own day somebody should ask again.
        keep_days: after so many days from its own day it leaves, whatever happens.
    """

    purpose: str
    basis: str
    verify_days: int
    keep_days: int


# The closed catalogue of facts about persons; a fact of another kind is refused. Political, religious, criminal or
# health facts are not in it and never will be (PIPL 28).
FACTS = {
    "residence": FactKind("residence", "居住证暂行条例第六条", 365, 1095),
    "address": FactKind("reach", "个人信息保护法第十三条第一款第三项", 180, 730),
    "employment": FactKind("employment", "保障农民工工资支付条例第二十八条", 180, 1095),
}
FACT_RETENTION = Retention(
    key="grids.personfact",
    model="grids.PersonFact",
    fields=("person", "value"),
    basis=("个人信息保护法第十九条：最短必要时间", "PIPL 19: the shortest time that is needed"),
    after=(
        "被更正或终止之后；最迟到各条自己的期限；身份删除时一并删除",
        "after it was corrected or ended; at the latest on its own last day; with the identity at once",
    ),
    action="delete",
    days=90,
    rows="grids.queries.registry.old_facts",
    owner="person",
    what=("居住、联系地址、就业信息", "where you live, can be reached and work"),
)
