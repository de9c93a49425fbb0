"""The report on projects and special accounts: every fault by row and column, all or nothing, told twice is once."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Organisation
from ledger.actors import CLOCK
from ledger.cityfolder import CityFolder
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.models import AuditEntry, Promise
from tests.wages import sheets
from tests.wages.reports import BANK, OCTOBER, SEPTEMBER, WAGES, bring_in, draw_county, faults, found, month_row, row
from tests.wages.site import Site, firm, on, project, publish_rules
from wages import actions
from wages.imports import report_changes
from wages.models import MonthFigure, Project, SpecialAccount, WageWarning

NOVEMBER = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def county(site: Site) -> None:
    draw_county()


def test_a_row_makes_project_firms_account_and_month_and_the_rules_look_at_it(site: Site) -> None:
    publish_rules(site)
    run = uuid7()
    with on(NOVEMBER), transaction.atomic():
        rows = [row(2), month_row(3, **BANK, **WAGES)]
        counts = actions.commit_reports(rows=rows, run_id=run, actor=site["inspector"], now=app_now())
    assert counts == {"added": 3, "changed": 0, "ended": 0, "same": 0}
    made = Project.objects.select_related("owner", "contractor", "account").get()
    assert (made.code, made.industry, made.path, made.pay_day) == ("W101", "building", "/3709/370902/", 20)
    assert (made.owner.name, made.contractor.name) == ("示例新置业W101", "示例新建工W101")
    assert (made.account.bank, made.account.tail, made.account.opened_on) == ("示例银行", "0042", date(2026, 3, 25))
    assert made.account.name == "示例新建工W101新示例工程W101农民工工资专用账户"
    figure = MonthFigure.objects.get(month=SEPTEMBER)
    assert {name: getattr(figure, name) for name in (*BANK, *WAGES)} == BANK | WAGES
    promised = Promise.objects.get(kind="wages.judge")
    assert promised.payload == {"project": made.pk, "months": ["2026-09-01", "2026-10-01"]}
    assert str(run) in promised.dedupe_key
    entry = AuditEntry.objects.get(action="wages.report")
    assert (entry.object_id, entry.data["run"], entry.data["months"]) == ("W101", str(run), ["2026-09", "2026-10"])


def test_figures_without_a_wage_sheet_are_judged_by_their_heads(site: Site) -> None:
    publish_rules(site)
    with on(NOVEMBER):
        bring_in([row(2, paid_workers=9, paid=Decimal(70_200))], site["inspector"])
    warning = WageWarning.objects.get()
    assert (warning.rule, warning.figures["missing"], warning.figures["owed"]) == ("paid_share", 3, "23400.00")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"project": "W/101"}, "project"),
        ({"owner_code": "91370902000000000X"}, "owner_code"),
        ({"contractor_code": "9137"}, "contractor_code"),
        ({"contractor_code": ""}, "contractor_code"),
        ({"name_zh": ""}, "name_zh"),
        ({"division": "370999"}, "division"),
        ({"division": "3709"}, "division"),
        ({"lon": Decimal("118.9")}, "lon"),
        ({"lon": Decimal("36.19"), "lat": Decimal("117.175")}, "lon"),
        ({"lon": Decimal("117.42")}, "lon"),
        ({"datum": ""}, "datum"),
        ({"contract_price": Decimal("-1")}, "contract_price"),
        ({"contract_price": Decimal("1.005")}, "contract_price"),
        ({"pay_day": 29}, "pay_day"),
        ({"ends_on": date(2026, 2, 28)}, "ends_on"),
        ({"signed_on": date(2026, 11, 3)}, "signed_on"),
        ({"account_opened": date(2026, 11, 3)}, "account_opened"),
        ({"account_opened": None}, "account_opened"),
        ({"account_tail": "42"}, "account_tail"),
        ({"deposit": Decimal("0.001")}, "deposit"),
        ({"deposit_until": date(2026, 2, 1)}, "deposit_until"),
        ({"month": date(2026, 12, 1)}, "month"),
        ({"month": date(2026, 2, 1)}, "month"),
        ({"month": None}, "month"),
        ({"agreed": Decimal("-0.01")}, "agreed"),
        ({"agreed": None}, "agreed"),
        ({"arrived": Decimal("100.001")}, "arrived"),
        ({"arrived_on": None}, "arrived_on"),
        ({"arrived_on": date(2026, 11, 3)}, "arrived_on"),
        ({"balance": Decimal(10) ** 13}, "balance"),
        ({"attending": None}, "attending"),
        ({"attending": -1}, "attending"),
        ({"listed": 0, "paid_workers": 0, "paid": Decimal(0)}, "listed"),
        ({"paid_workers": 13}, "paid_workers"),
        ({"paid": Decimal(93_000)}, "paid_workers"),
        ({"due": Decimal("-1")}, "due"),
        ({"paid": Decimal(93_601)}, "paid"),
        ({"last_paid_on": None}, "last_paid_on"),
        ({"last_paid_on": date(2026, 11, 3)}, "last_paid_on"),
    ],
)
def test_a_fault_names_its_row_and_column(site: Site, change: dict[str, Any], column: str) -> None:
    with on(NOVEMBER):
        wrong = found([row(2), row(3, **{"code": "W102", **change})], site["inspector"])
    assert [(fault.row, fault.column) for fault in wrong if fault.column == column] == [(3, column)]
    assert {fault.row for fault in wrong} == {3}
    assert all(fault.message for fault in wrong)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"contract_price": Decimal(43_000_000)}, "contract_price"),
        ({"industry": "市政工程"}, "industry"),
        ({"account_tail": "0043"}, "account_tail"),
        ({"contractor": "示例另一建工"}, "contractor"),
        ({"month": SEPTEMBER}, "month"),
    ],
)
def test_rows_of_one_project_that_contradict_one_another_are_faults(
    site: Site, change: dict[str, Any], column: str
) -> None:
    with on(NOVEMBER):
        wrong = found([row(2), row(3, **{"month": OCTOBER, **change})], site["inspector"])
    assert [(fault.row, fault.column) for fault in wrong] == [(3, column)]
    assert "2" in wrong[0].message


def test_one_credit_code_is_one_firm_in_the_file_and_in_the_system(site: Site) -> None:
    known = firm("示例旧建工")
    same = {"owner": "示例新置业W101", "owner_code": row(2)["owner_code"]}
    with on(NOVEMBER):
        rows = [
            row(2),
            row(3, code="W102", **same),
            row(4, code="W103", owner="示例别家", owner_code=same["owner_code"]),
            row(5, code="W104", contractor="示例改名建工", contractor_code=known.credit_code),
        ]
        wrong = found(rows, site["inspector"])
    assert [(fault.row, fault.column) for fault in wrong] == [(4, "owner"), (5, "contractor")]
    assert "示例旧建工" in wrong[1].message


def test_what_lies_outside_the_area_is_a_fault_of_each_row(site: Site) -> None:
    project("W777", path="/3709/370983/")
    with on(NOVEMBER):
        rows = [month_row(2, code="W777", **BANK), month_row(3, code="W777", month=SEPTEMBER, **BANK)]
        assert faults(rows, site["inspector"]) == [(2, "project"), (3, "project")]
        assert faults(rows, site["above"]) == []
        assert faults([row(2, division="3709")], site["inspector"]) == [(2, "division")]
        assert faults([row(2, division="3709")], site["above"]) == []


def test_a_code_that_is_nowhere_needs_what_makes_a_project(site: Site) -> None:
    with on(NOVEMBER):
        assert faults([month_row(2, code="W999", **BANK)], site["inspector"]) == [(2, "project")]
        missing = faults([month_row(2, code="W999", name_zh="示例", **BANK)], site["inspector"])
    assert {"lon", "owner_code", "contractor", "pay_day"} <= {column for _row, column in missing}
    assert "name_zh" not in {column for _row, column in missing}


def test_the_same_rows_once_more_change_nothing(site: Site) -> None:
    rows = [row(2), month_row(3, **BANK, **WAGES)]
    with on(NOVEMBER):
        bring_in(rows, site["inspector"])
        before = Promise.objects.count(), AuditEntry.objects.count(), Organisation.objects.count()
        change = report_changes(rows, actor=site["inspector"], now=app_now())
        assert bring_in(rows, site["inspector"]) == {"added": 0, "changed": 0, "ended": 0, "same": 3}
    assert (change.added, change.changed, change.same, change.lines) == (0, 0, 3, [])
    assert (Promise.objects.count(), AuditEntry.objects.count(), Organisation.objects.count()) == before


def test_a_row_changes_what_it_says_and_leaves_what_is_empty(site: Site) -> None:
    made = project("W001")
    with on(NOVEMBER):
        bring_in([month_row(2, code="W001", **BANK)], site["inspector"])
        rows = [
            month_row(2, code="W001", pay_day=15, name_zh="示例更名工程", arrived=Decimal(0), agreed=Decimal(120_000))
        ]
        change = report_changes(rows, actor=site["inspector"], now=app_now())
        assert bring_in(rows, site["inspector"]) == {"added": 0, "changed": 2, "ended": 0, "same": 0}
    assert any("示例工程W001 → 示例更名工程" in line for line in change.lines)
    made.refresh_from_db()
    assert (made.name_zh, made.pay_day, made.address) == ("示例更名工程", 15, "示例路 1 号")
    figure = MonthFigure.objects.get(month=OCTOBER)
    assert (figure.arrived, figure.arrived_on, figure.balance) == (Decimal(0), None, Decimal(8000))
    assert SpecialAccount.objects.get(project=made).tail == "0001"


def test_another_pay_day_has_all_its_months_judged_anew(site: Site) -> None:
    made = project("W001")
    with on(NOVEMBER):
        bring_in([month_row(2, code="W001", month=month, **WAGES) for month in (SEPTEMBER, OCTOBER)], site["inspector"])
        bring_in([month_row(2, code="W001", month=None, pay_day=15)], site["inspector"])
    last = Promise.objects.filter(kind="wages.judge").latest("pk")
    assert last.payload == {"project": made.pk, "months": ["2026-09-01", "2026-10-01"]}


def test_a_place_is_stored_in_one_datum(site: Site) -> None:
    with on(NOVEMBER):
        bring_in([row(2, datum="GCJ02")], site["inspector"])
        assert bring_in([row(2, datum="GCJ02")], site["inspector"])["same"] == 2
    made = Project.objects.get()
    assert 300 < abs(made.point.x - 117.175) * 90_000 < 900  # metres by which GCJ-02 is shifted here


def test_a_month_with_an_imported_wage_sheet_keeps_the_sums_of_its_lines(site: Site) -> None:
    project("W001")
    with on(NOVEMBER):
        sheets.bring_in([sheets.row(n, worker=n) for n in range(1, 13)], site["inspector"])
        rows = [month_row(2, code="W001", month=SEPTEMBER, **BANK, **WAGES)]
        assert faults(rows, site["inspector"]) == []  # 12 × 7,800 yuan: the same
        less = {**WAGES, "due": Decimal(80_000), "paid": Decimal(80_000)}
        wrong = found([month_row(2, code="W001", month=SEPTEMBER, **less)], site["inspector"])
    assert [(fault.row, fault.column) for fault in wrong] == [(2, "due"), (2, "paid")]
    assert "93600" in wrong[0].message


def test_a_wage_sheet_that_comes_later_replaces_the_sums_and_keeps_the_bank(site: Site) -> None:
    project("W001")
    with on(NOVEMBER):
        bring_in([month_row(2, code="W001", month=SEPTEMBER, **BANK, **WAGES)], site["inspector"])
        sheets.bring_in([sheets.row(n, worker=n) for n in range(1, 3)], site["inspector"])
    figure = MonthFigure.objects.get()
    assert (figure.attending, figure.due, figure.arrived) == (2, Decimal(15_600), Decimal(100_000))


def test_nothing_is_half_written_when_a_commit_breaks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = actions.projects.ask_judgement

    def breaks(**given: Any) -> None:
        real(**given)
        if Project.objects.count() == 2:
            raise RuntimeError("the second project")

    monkeypatch.setattr(actions.projects, "ask_judgement", breaks)
    with on(NOVEMBER), pytest.raises(RuntimeError, match="second"), transaction.atomic():
        rows = [row(2), row(3, code="W102")]
        actions.commit_reports(rows=rows, run_id=uuid7(), actor=site["inspector"], now=app_now())
    for model in (Project, SpecialAccount, MonthFigure, Organisation, Promise):
        assert not model._default_manager.exists(), model


def test_a_project_that_somebody_made_meanwhile_elsewhere_is_not_taken_over(site: Site) -> None:
    with on(NOVEMBER):
        assert faults([row(2)], site["inspector"]) == []
        project("W101", path="/3709/370983/")
        with pytest.raises(ValidationError), transaction.atomic():
            actions.commit_reports(rows=[row(2)], run_id=uuid7(), actor=site["inspector"], now=app_now())
    assert Project.objects.get().path == "/3709/370983/"


def test_of_two_reports_that_make_one_project_at_once_the_second_is_told_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on(NOVEMBER):
        project("W101")
        monkeypatch.setattr(actions.projects, "whole_projects", Project.objects.none)  # not committed when we looked
        with pytest.raises(ValidationError, match="W101"), transaction.atomic():
            actions.commit_reports(rows=[row(2)], run_id=uuid7(), actor=site["inspector"], now=app_now())
    assert Project.objects.get().name_zh == "示例工程W101"


def test_the_city_folder_gives_what_was_reported_back_and_asks_the_same_questions(site: Site, tmp_path: Path) -> None:
    with on(NOVEMBER):
        bring_in([row(2, name_en="")], site["inspector"])
        file = tmp_path / "wage_projects.csv"
        file.write_text(actions.export_projects()["wage_projects.csv"], encoding="utf-8")
        folder = CityFolder(tmp_path)
        change = actions.load_projects(folder, apply=False, actor=CLOCK, now=app_now())
        assert (folder.faults, change.same, bool(change)) == ([], 1, False)
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(",20,0538", ",29,0538").replace("2028-06-30", "2026-02-28"), encoding="utf-8")
        actions.load_projects(folder, apply=False, actor=CLOCK, now=app_now())
    assert [(fault.row, fault.field) for fault in folder.faults] == [
        (2, "pay_day"), (2, "ends_on"), (2, "account_opened")
    ]  # fmt: skip
