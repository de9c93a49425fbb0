"""The kinds of things in a grid as they come in and go out: columns and models, said once for file, folder and page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from grids.imports.layer_check import SHAPE
from grids.models import Barrier, Building, CityPart, Equipment, Premises
from ledger.kinds import Column


@dataclass(frozen=True, slots=True)
class ThingKind:
    """One kind of thing.

    Arguments:
        key: part of addresses, of the city folder's file and of the import "grids.<key>".
        model: its table.
        columns: of its own, beside code, names, source and dates.
        geometry: column of the shape that is always there: point or line.
        takes: kinds of shapes of a file: point, ring, line.
    """

    key: str
    model: type[Any]
    columns: tuple[Column, ...]
    geometry: str = "point"
    takes: tuple[str, ...] = ("point",)

    @property
    def file(self) -> str:
        return f"town/{self.key}.csv"


def _coded(key: str, zh: str, en: str, choices: Any, *aliases: str, required: bool = False) -> Column:
    words = "、".join(f"{value} {label}" for value, label in choices.choices)
    values = tuple(choices.values)
    return Column(key, zh, en, aliases=aliases, choices=values, help_zh=words, help_en=words, required=required)


_NAMES = (
    Column("name_zh", "名称", "Name", aliases=("name", "mc", "中文名称"), max_length=120),
    Column("name_en", "英文名称", "Name in English", max_length=160),
)
_ORIGIN = (
    Column("source", "数据来源", "Source", aliases=("来源",), max_length=120, example="2026 年房屋普查",
           help_zh="不填时用整份文件的来源", help_en="if empty, that of the whole file"),
    Column("as_of", "数据日期", "As of", "date", aliases=("日期", "更新日期"), example="2026-01-31",
           help_zh="不填时用整份文件的日期", help_en="if empty, that of the whole file"),
    Column("verify_by", "核实期限", "Verify by", "date", aliases=("复核日期",), example="2027-01-31"),
)  # fmt: skip
_OWNER = (
    Column("department", "权属部门代码", "Owning department", aliases=("主管部门代码", "dept"), max_length=40,
           help_zh="平台内的部门代码", help_en="code of a department of this platform"),
    Column("owner", "权属单位", "Owner", aliases=("所有单位", "qsdw"), max_length=120,
           help_zh="不是平台内部门的单位", help_en="an organisation that is no department here"),
)  # fmt: skip

_BUILDING = (
    Column("house", "门牌地址编码", "Address code", "code", aliases=("address", "地址编码"), max_length=40,
           help_zh="有门牌的建筑，户数以门牌地址为准", help_en="households of a house number are those of its address"),
    Column("households", "户数", "Households", "integer"),
    Column("residents", "人口数", "Residents", "integer", aliases=("人数",)),
    Column("storeys", "层数", "Storeys", "integer", aliases=("楼层数", "floors", "cs")),
    _coded("use", "用途", "Use", Building.Use, "建筑用途", "yt"),
    Column("activity", "日均活动人数", "Activity", "integer",
           help_zh="工作日在此工作或前来的人数", help_en="people who work or come there on a working day"),
)  # fmt: skip
_PART = (
    _coded("system", "编码体系", "Code system", CityPart.System),
    *_OWNER,
    Column("maintainer", "养护单位", "Maintainer", aliases=("yhdw",), max_length=120),
    _coded("state", "状态", "State", CityPart.State, "zt"),
)
_EQUIPMENT = (
    _coded("kind", "设备类型", "Kind", Equipment.Kind, "类型", required=True),
    Column("serial", "出厂编号", "Serial number", aliases=("序列号",), max_length=60),
    *_OWNER,
    Column("custodian", "保管人用户名", "Custodian", aliases=("保管人",), max_length=150,
           help_zh="平台用户名", help_en="user name on this platform"),
    _coded("state", "状态", "State", Equipment.State),
    Column("checked_on", "检查日期", "Checked on", "date"),
    Column("next_check", "下次检查", "Next check", "date"),
)  # fmt: skip
_PREMISES = (
    _coded("kind", "单位类型", "Kind", Premises.Kind, "类型", required=True),
    Column("credit_code", "统一社会信用代码", "Credit code", "code", aliases=("信用代码", "uscc"), max_length=18,
           help_zh="GB 32100，18 位；没有的不填", help_en="GB 32100, 18 characters; empty if there is none"),
    Column("address", "地址", "Address", aliases=("经营地址", "住所"), max_length=160),
    Column("industry", "行业代码", "Industry", "code", aliases=("hydm",), max_length=5, example="F52",
           help_zh="GB/T 4754：门类字母与 2 至 4 位数字", help_en="GB/T 4754: section letter and two to four digits"),
    Column("staff", "从业人数", "Staff", "integer", aliases=("职工人数",)),
    _coded("state", "经营状态", "State", Premises.State, "状态"),
)  # fmt: skip
_BARRIER = (
    _coded("kind", "屏障类型", "Kind", Barrier.Kind, "类型", required=True),
    Column(
        "strength", "阻隔强度", "Strength", "decimal", help_zh="0 可自由穿越，1 不可穿越", help_en="0 free, 1 closed"
    ),
)

THINGS: dict[str, ThingKind] = {
    kind.key: kind
    for kind in (
        ThingKind("buildings", Building, _BUILDING, takes=("point", "ring")),
        ThingKind("parts", CityPart, _PART),
        ThingKind("equipment", Equipment, _EQUIPMENT),
        ThingKind("premises", Premises, _PREMISES),
        ThingKind("barriers", Barrier, _BARRIER, geometry="line", takes=("line",)),
    )
}
CODE = {
    "buildings": Column("code", "建筑编码", "Code", "code", required=True, max_length=40, aliases=("编码", "id", "bm")),
    "parts": Column("code", "部件标识码", "Part code", "code", required=True, max_length=40, example="3709020137000001",
                    aliases=("标识码", "编码", "objid", "id"),
                    help_zh="县 6 位、大类 2 位、小类 2 位、顺序号 6 位",
                    help_en="county 6, classes 2 + 2, serial 6 digits"),
    "equipment": Column("code", "设备编码", "Code", "code", required=True, max_length=40, aliases=("编码", "id")),
    "premises": Column("code", "场所编码", "Code", "code", required=True, max_length=40, aliases=("编码", "id")),
    "barriers": Column("code", "屏障编码", "Code", "code", required=True, max_length=40, aliases=("编码", "id")),
}  # fmt: skip


def thing_columns(key: str) -> Sequence[Column]:
    """Columns of a kind of thing; the reader adds the shape."""
    return (
        CODE[key],
        *_NAMES,
        *THINGS[key].columns,
        *_ORIGIN,
        Column(SHAPE, SHAPE, SHAPE, required=True, max_length=1_000_000, hidden=True),
    )


def fields_of(key: str) -> tuple[str, ...]:
    """Columns that are written, without code and shape."""
    return tuple(column.key for column in thing_columns(key) if column.key not in ("code", SHAPE))


def building_columns() -> Sequence[Column]:
    return thing_columns("buildings")


def part_columns() -> Sequence[Column]:
    return thing_columns("parts")


def equipment_columns() -> Sequence[Column]:
    return thing_columns("equipment")


def premises_columns() -> Sequence[Column]:
    return thing_columns("premises")


def barrier_columns() -> Sequence[Column]:
    return thing_columns("barriers")


def narrowed(kind: ThingKind, rows: Any, *, territory: str, grid: str = "") -> Any:
    """Those of `rows` in a territory, and in a grid of either scheme.

    Arguments:
        territory: path the reader's rights reach down from; "" reaches nothing.
        grid: code; "" for all of the territory. A line is in no grid.
    """
    if not territory:
        return rows.none()
    rows = rows.filter(path__startswith=territory)
    if grid and kind.geometry == "point":
        return rows.filter(Q(service_version__grid__code=grid) | Q(management_version__grid__code=grid))
    return rows.none() if grid else rows
