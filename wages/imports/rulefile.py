"""wage_rules.csv of a city folder: the rules on wages with their level, parameters and clause."""

from decimal import Decimal, InvalidOperation

from ledger.cityfolder import CityFolder, Row, to_csv
from wages import rules
from wages.models import WageRule

FILE = "wage_rules.csv"
COLUMNS = ("code", "level", "months", "days", "share", "clause_zh", "clause_en")


def read_wage_rules(folder: CityFolder) -> dict[str, rules.Parameters]:
    """The rules of a folder by code; what is wrong is refused with file, line and column."""
    found: dict[str, rules.Parameters] = {}
    for row in folder.rows(FILE, required=COLUMNS):
        line = _line(folder, row)
        if line is not None:
            found[line.code] = line
    return found


def _line(folder: CityFolder, row: Row) -> rules.Parameters | None:
    before = len(folder.faults)
    if row["code"] not in rules.RULES:
        folder.refuse(row, "code", f"one of {', '.join(rules.RULES)}")
    if row["level"] not in rules.LEVELS:
        folder.refuse(row, "level", f"one of {', '.join(rules.LEVELS)}")
    for column in ("clause_zh", "clause_en"):
        if not row[column]:
            folder.refuse(row, column, "is empty")
    for column in ("months", "days"):
        if not row[column].isdigit():
            folder.refuse(row, column, "is not a number")
    share = _share(folder, row)
    if len(folder.faults) > before:
        return None
    return rules.Parameters(
        row["code"], row["level"], int(row["months"]), int(row["days"]), share, row["clause_zh"], row["clause_en"]
    )


def _share(folder: CityFolder, row: Row) -> Decimal:
    try:
        return Decimal(row["share"])
    except InvalidOperation:
        folder.refuse(row, "share", "is not a number")
        return Decimal(100)


def rule_files(edition_id: int) -> dict[str, str]:
    """wage_rules.csv of an edition."""
    found = WageRule.objects.filter(edition=edition_id).order_by("code").values_list(*COLUMNS)
    return {FILE: to_csv(COLUMNS, found)}
