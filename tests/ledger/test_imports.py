"""A sheet is taken over whole or not at all, once; its file lies sealed and does not stay."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override
from pytest_django import Settings

from ledger import kinds
from ledger.actions import (
    JobView,
    cancel_sheet,
    choose_columns,
    commit_sheet,
    fault_sheet,
    import_step,
    preview_sheet,
    redeem_due,
    run_periodic,
    sheet_template,
    sheets,
    upload_sheet,
)
from ledger.actors import Actor
from ledger.gateways.private import private_stems
from ledger.ids import uuid7
from ledger.models import AuditEntry, ImportRun, Incident
from ledger.queries import RunPage, import_run, import_runs
from tests.ledger import sheet_kind
from tests.ledger.sheets import csv, xlsx

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = ["代码", "姓名", "价格", "起始", "大小"]
GOOD = (["a1", "张三甲", "1,200.50", "2026-01", "大"], ["a2", "李四乙", "", "2026年2月", ""])


@pytest.fixture(autouse=True)
def things(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(kinds.imports, "test.things", sheet_kind.THINGS)
    sheet_kind.seen.clear()
    with override("en"):
        yield


def sent(actor: Actor, *rows: Sequence[str], head: Sequence[str] = HEAD, name: str = "things.csv") -> UUID:
    run_id = upload_sheet(kind="test.things", file_name=name, data=csv(head, *rows), actor=actor)
    redeem_due()
    return run_id


def page(actor: Actor, run_id: UUID) -> RunPage:
    found = import_run(actor, run_id)
    assert found is not None
    return found


def written() -> list[tuple[str, str]]:
    return list(
        Incident.objects.filter(kind=sheet_kind.EFFECT).order_by("reference").values_list("reference", "detail")
    )


def test_a_sheet_goes_from_upload_to_commit(operator: Actor) -> None:
    run_id = sent(operator, *GOOD)
    shown = page(operator, run_id)
    assert (shown.state, shown.rows, shown.faults_found) == ("checked", 2, 0)
    assert shown.changes["added"] == 2
    assert shown.changes["lines"] == ["+ A1", "+ A2"]
    assert written() == []
    commit_sheet(run_id=run_id, actor=operator)
    assert written() == [("A1", "1200.50"), ("A2", "None")]
    assert page(operator, run_id).result == {"added": 2}


def test_what_was_done_is_in_the_audit_without_what_stood_in_the_sheet(operator: Actor) -> None:
    run_id = sent(operator, *GOOD)
    commit_sheet(run_id=run_id, actor=operator)
    entries = AuditEntry.objects.filter(object_kind="import", object_id=str(run_id)).order_by("pk")
    assert [entry.action for entry in entries] == ["import.uploaded", "import.committed"]
    assert all(entry.actor_id == operator.id for entry in entries)
    assert "张三甲" not in json.dumps([entry.data for entry in entries], ensure_ascii=False)


def test_every_fault_is_told_with_row_and_column(operator: Actor) -> None:
    Incident.objects.create(kind=sheet_kind.EFFECT, reference="B1", detail="", opened_at="2026-01-01T00:00Z")
    run_id = sent(operator, ["b1", "王五丙", "x", "2026-13", "中"], ["toolong", "", "1", "", ""])
    shown = page(operator, run_id)
    assert [(fault.row, fault.column) for fault in shown.faults] == [
        (2, "Code"), (2, "Price"), (2, "Since"), (2, "Size"), (3, "Code"), (3, "Name"),
    ]  # fmt: skip
    said = [fault.message for fault in shown.faults]
    assert said[0] == "taken already"
    assert said[2] == "Is not a month. Write it like 2026-01."
    assert said[4] == "Longer than 6 characters."
    with pytest.raises(ValidationError, match="nothing is written by halves"):
        commit_sheet(run_id=run_id, actor=operator)
    assert len(written()) == 1


def test_the_sheet_of_faults_has_the_original_rows_and_what_is_wrong(operator: Actor) -> None:
    run_id = sent(
        operator, ["a1", "张三甲", "x", "", ""], ["a2", "李四乙", "1", "", ""], ["-1+2", "@王五", "y", "", ""]
    )
    book = openpyxl.load_workbook(io.BytesIO(fault_sheet(run_id=run_id, actor=operator)))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[0] == [*HEAD, "What is wrong"]
    assert rows[1][:3] == ["a1", "张三甲", "x"]
    assert rows[1][-1] == "Row 2: Is not a number."
    assert rows[2][:2] == ["-1+2", "@王五"]
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)
    assert AuditEntry.objects.get(action="import.faults").data == {"kind": "test.things", "rows": 2}


def test_columns_that_are_not_recognised_are_asked_for(operator: Actor) -> None:
    run_id = sent(operator, ["a1", "张三甲"], head=["编码", "谁"])
    assert page(operator, run_id).state == "parsed"
    with pytest.raises(ValidationError) as refused:
        choose_columns(run_id=run_id, mapping={"code": 0, "price": 0}, actor=operator)
    assert set(refused.value.message_dict) == {"name", "code", "price"}
    choose_columns(run_id=run_id, mapping={"code": 0, "name": 1}, actor=operator)
    redeem_due()
    assert (page(operator, run_id).state, page(operator, run_id).faults_found) == ("checked", 0)


def test_the_template_comes_back_as_it_went(operator: Actor) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheet_template(kind="test.things", actor=operator)))
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "代码*\nCode*"
    assert len(sheet.data_validations.dataValidation) == 5
    for place, value in enumerate(["a1", "张三甲", 3.5, "2026-01", "大"], start=1):
        sheet.cell(2, place, value)
    out = io.BytesIO()
    book.save(out)
    run_id = upload_sheet(kind="test.things", file_name="x.XLSX", data=out.getvalue(), actor=operator)
    redeem_due()
    shown = page(operator, run_id)
    assert (shown.state, shown.faults_found, shown.rows, shown.sheets) == ("checked", 0, 1, 2)


def test_a_title_above_the_header_does_not_disturb(operator: Actor) -> None:
    data = xlsx(["物品登记表"], ["（单位：元）"], HEAD, *GOOD)
    run_id = upload_sheet(kind="test.things", file_name="a.xlsx", data=data, actor=operator)
    redeem_due()
    assert (page(operator, run_id).rows, page(operator, run_id).state) == (2, "checked")
    assert preview_sheet(run_id=run_id, actor=operator)[0].number == 4


def test_people_are_masked_in_the_preview(operator: Actor) -> None:
    run_id = sent(operator, *GOOD)
    first = preview_sheet(run_id=run_id, actor=operator)[0]
    assert (first.number, first.cells) == (2, ("a1", "张**", "1,200.50", "2026-01", "大"))


def test_an_error_while_writing_leaves_nothing_behind(operator: Actor) -> None:
    run_id = sent(operator, ["a1", "张三甲", "", "", ""], ["boom", "李四乙", "", "", ""])
    with pytest.raises(ZeroDivisionError):
        commit_sheet(run_id=run_id, actor=operator)
    assert written() == []
    assert page(operator, run_id).state == "checked"
    assert private_stems() == {str(run_id)}


def test_a_sheet_is_taken_over_once_whoever_sends_it_again(operator: Actor) -> None:
    first = sent(operator, *GOOD)
    second = sent(operator, *GOOD)
    commit_sheet(run_id=first, actor=operator)
    for again in (first, second):
        with pytest.raises(ValidationError):
            commit_sheet(run_id=again, actor=operator)
    with pytest.raises(ValidationError, match="taken over before"):
        sent(operator, *GOOD)
    assert len(written()) == 2


def test_what_changed_since_the_check_is_noticed(operator: Actor) -> None:
    run_id = sent(operator, *GOOD)
    Incident.objects.create(kind=sheet_kind.EFFECT, reference="A2", detail="", opened_at="2026-01-01T00:00Z")
    with pytest.raises(ValidationError, match="Row 3: taken already"):
        commit_sheet(run_id=run_id, actor=operator)
    assert len(written()) == 1


def test_a_large_sheet_is_written_by_a_worker_once(operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "INLINE_ROWS", 1)
    run_id = sent(operator, *GOOD)
    commit_sheet(run_id=run_id, actor=operator)
    assert page(operator, run_id).state == "committing"
    assert written() == []
    redeem_due()
    assert page(operator, run_id).state == "committed"
    assert len(written()) == 2
    assert sheet_kind.seen == [(run_id, operator.id)]


def test_a_large_sheet_that_no_longer_fits_comes_back(operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "INLINE_ROWS", 1)
    run_id = sent(operator, *GOOD)
    commit_sheet(run_id=run_id, actor=operator)
    Incident.objects.create(kind=sheet_kind.EFFECT, reference="A1", detail="", opened_at="2026-01-01T00:00Z")
    redeem_due()
    shown = page(operator, run_id)
    assert shown.state == "checked"
    assert "Row 2: taken already" in shown.message
    assert len(written()) == 1


def test_the_file_lies_sealed_and_goes_with_the_commit(operator: Actor, tmp_path: Path) -> None:
    run_id = sent(operator, *GOOD)
    bodies = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(bodies) == 3
    assert not any("张三甲".encode() in body or body[:2] == b"PK" for body in bodies)
    commit_sheet(run_id=run_id, actor=operator)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_is_refused_or_given_up_is_erased(operator: Actor) -> None:
    bad = upload_sheet(kind="test.things", file_name="a.xlsx", data=b"PK nonsense", actor=operator)
    redeem_due()
    shown = page(operator, bad)
    assert (shown.state, "damaged" in shown.message) == ("failed", True)
    assert "limits" in shown.isolation
    good = sent(operator, *GOOD)
    cancel_sheet(run_id=good, actor=operator)
    assert private_stems() == set()
    assert page(operator, good).state == "cancelled"


def test_a_forgotten_file_is_erased_after_thirty_days(operator: Actor) -> None:
    run_id = sent(operator, *GOOD)
    young = sent(operator, GOOD[0])
    old = ImportRun.objects.get(pk=run_id).created_at - timedelta(days=31)
    ImportRun.objects.filter(pk=run_id).update(created_at=old)
    run_periodic(name="ledger.retention")
    redeem_due()
    assert private_stems() == {str(young)}
    assert page(operator, run_id).state == "cancelled"
    assert preview_sheet(run_id=run_id, actor=operator) == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.exe", b"MZ", "kinds are taken: xlsx, csv"),
        ("a.xls", b"x", "kinds are taken: xlsx, csv"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"x" * (10 * 1024 * 1024 + 1), "10 MB"),
    ],
)
def test_what_is_no_sheet_is_not_even_kept(operator: Actor, name: str, data: bytes, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        upload_sheet(kind="test.things", file_name=name, data=data, actor=operator)
    assert private_stems() == set()


def test_another_department_and_another_right_see_nothing(operator: Actor) -> None:
    run_id = sent(operator, *GOOD)
    for stranger in (replace(operator, department_id=99), replace(operator, rights=frozenset({"operations.settle"}))):
        assert import_run(stranger, run_id) is None
        assert import_runs(stranger) == []
        for act in (commit_sheet, cancel_sheet, fault_sheet, preview_sheet):
            with pytest.raises(PermissionDenied):
                act(run_id=run_id, actor=stranger)  # type: ignore[operator]
    with pytest.raises(PermissionDenied):
        upload_sheet(kind="test.things", file_name="a.csv", data=b"x", actor=replace(operator, rights=frozenset()))


def test_a_step_that_runs_again_after_a_crash_ends_the_same(operator: Actor) -> None:
    run_id = sent(operator, ["b1", "", "x", "", ""])
    before = page(operator, run_id)
    ImportRun.objects.filter(pk=run_id).update(state="uploaded")  # as if the worker had died before it said so
    import_step(JobView(uuid7(), "ledger.import", {"run": str(run_id)}, 1, {}, 0, 1), 50.0)
    after = page(operator, run_id)
    assert after.state == "checked"
    assert after.faults == before.faults
    assert len(after.faults) == 2
