"""What an upper app says about a change of boundaries before it is published: dotted names only.

A consequence is `(parts, grid_ids, scheme) -> list[Consequence]`: parts are (code, polygon as WKB) after the change,
grid_ids the grids that lose something. It reads and returns counts and numbers, never persons.
"""

from dataclasses import dataclass

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
