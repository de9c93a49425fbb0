"""The sheet of divisions: official codes with their names. The code tells level and parent (GB/T 2260, 12 digits)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from grids import rules
from grids.imports.divisions import DivisionEntry
from grids.models import Division
from grids.rules.codes import reserved
from ledger.actors import Actor
from ledger.cityfolder import Change, city_config
from ledger.kinds import Column, RowError, SheetRow


def division_columns() -> Sequence[Column]:
    """Code, both names, parent (only to be sure), and from when."""
    return (
        Column(
            "code", "区划代码", "Division code", "code", required=True, example="370902001001", max_length=12,
            aliases=("代码", "统计用区划代码", "行政区划代码", "code"),
            help_zh="市 4 位、县 6 位、乡镇 9 位、村居 12 位；以 0 补足到 12 位的统计代码也可以。",
            help_en="City 4, county 6, township 9, village 12 digits; filled up with zeros to 12 is accepted as well.",
        ),
        Column(
            "name_zh", "名称", "Chinese name", required=True, max_length=80, example="某某社区居委会",
            aliases=("中文名称", "区划名称", "name"),
        ),
        Column(
            "name_en", "拼音名称", "Name in pinyin", required=True, max_length=120, example="Moumou Community",
            aliases=("英文名称", "English name"),
        ),
        Column(
            "parent_code", "上级代码", "Parent code", "code", example="370902001", max_length=12,
            aliases=("上级区划代码",),
            help_zh="可不填；填写时须与代码的前几位一致。",
            help_en="Optional; if given it is the beginning of the code.",
        ),
        Column(
            "valid_from", "生效日期", "Valid from", "date", required=True, example="2026-01-01",
            aliases=("启用日期",),
            help_zh="晚于现行区划的起始日期即为新的一期，相同即为更正。",
            help_en="Later than the period in force begins a new one; the same day is a correction.",
        ),
    )  # fmt: skip


def official_code(code: str) -> str:
    """The code without the zeros that fill it up to twelve digits; anything else unchanged."""
    if len(code) != 12 or not code.isdigit():
        return code
    for digits in (4, 6, 9):
        if set(code[digits:]) == {"0"}:
            return code[:digits]
    return code


def check_divisions(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> list[RowError]:
    """Length, parent, no code twice, illustrative range, and no period that begins before the one in force."""
    present = present_divisions()
    codes = Counter(official_code(row["code"]) for row in rows)
    faults = []
    for row in rows:
        code = official_code(row["code"])
        if not code:
            continue
        said = _code_fault(code, official_code(row["parent_code"]), codes, present)
        if said:
            faults.append(RowError(row.number, *said))
        begins = present[code].valid.lower if code in present else None
        if begins and row["valid_from"] and row["valid_from"] < begins:
            text = _("The period in force began later, on %(day)s.") % {"day": begins.isoformat()}
            faults.append(RowError(row.number, "valid_from", text))
    return faults


def _code_fault(code: str, parent: str, codes: Counter[str], present: Collection[str]) -> tuple[str, str] | None:
    level = level_of(code)
    if level is None:
        return "code", _("A code has 4, 6, 9 or 12 digits (city, county, township, village).")
    if codes[code] > 1:
        return "code", _("This code stands in the sheet %(n)s times.") % {"n": codes[code]}
    above = parent_of(code)
    if parent and parent != above:
        return "parent_code", _("The parent of %(code)s is %(above)s.") % {"code": code, "above": above or "—"}
    if above and above not in codes and above not in present:
        return "code", _("Its parent %(above)s is neither in the sheet nor in the system.") % {"above": above}
    if not above and code not in present:
        return "code", _("This city is not the one of this platform.")
    if rules.division_code_fault(code, level, above, illustrative=reserved(code)):
        return "code", _("This is not a division code.")
    return None


def level_of(code: str) -> str | None:
    """Level by the number of digits; None if no level has so many."""
    if not (code.isascii() and code.isdigit()):
        return None
    levels = {digits: level for level, digits in rules.CODE_DIGITS.items() if level != "province"}
    return levels.get(len(code))


def parent_of(code: str) -> str:
    """Code of the division above; "" above the city."""
    return code[: {12: 9, 9: 6, 6: 4}.get(len(code), 0)]


def present_divisions() -> dict[str, Any]:
    """Code → division in force, of the city's code system."""
    rows = Division.objects.filter(code_system=code_system(), valid__upper_inf=True).select_related("parent")
    return {row.code: row for row in rows}


def code_system() -> str:
    return str(city_config().get("code_system", "NBS-2023"))


def division_entries(rows: Sequence[SheetRow], present: dict[str, Any]) -> dict[str, DivisionEntry]:
    """What the sheet says, parents first; outlines stay as they are."""
    found: dict[str, DivisionEntry] = {}
    for row in sorted(rows, key=lambda row: official_code(row["code"])):
        code = official_code(row["code"])
        above, old = parent_of(code), present.get(code)
        path = found[above].path if above in found else present[above].path if above in present else "/"
        found[code] = DivisionEntry(
            code=code,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            level=level_of(code) or "",
            parent_code=above,
            path=old.path if old else f"{path}{code}/",
            valid_from=row["valid_from"] or date.min,
            illustrative=reserved(code),
            outline=old.outline if old else None,
            outline_source=old.outline_source if old else "",
        )
    return found


def division_changes(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> Change:
    """What taking the sheet over would add and change; divisions that are not in it stay."""
    present = present_divisions()
    change = Change()
    for code, entry in division_entries(rows, present).items():
        if code not in present:
            change.added += 1
            change.lines.append(f"+ {code} {entry.name_zh}")
        elif same(present[code], entry):
            change.same += 1
        else:
            change.changed += 1
            change.lines.append(f"~ {code} {present[code].name_zh} → {entry.name_zh}（{entry.valid_from}）")
    return change


def same(row: Division, entry: DivisionEntry) -> bool:
    """Whether the division says already what the sheet says."""
    told = (row.name_zh, row.name_en, row.level, row.valid.lower)
    return told == (entry.name_zh, entry.name_en, entry.level, entry.valid_from)
