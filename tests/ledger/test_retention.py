"""The retention job: bounded, resumable, once; the dry run writes nothing; a model without a row fails the check."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import request_code
from accounts.models import Person, PhoneCode
from ledger import kinds
from ledger.actions import due_retentions, install_test_clock, place_hold, redeem, release_hold, retention
from ledger.actors import Actor, ActorKind
from ledger.checks import personal_columns, retention_rows
from ledger.clock import app_now, shifted
from ledger.models import AuditEntry, Incident, Promise
from ledger.queries import held, notice_in_force, notice_shown, retention_table
from tests.accounts.world import resident, user

pytestmark = pytest.mark.django_db
ROW = "ledger.incident"
KEEPER = Actor(ActorKind.MEMBER, "7", membership_id=1, rights=frozenset({"accounts.memberships"}))


def settled(days_ago: int, how_many: int) -> None:
    at = app_now() - timedelta(days=days_ago)
    Incident.objects.bulk_create([Incident(kind="x", detail="x", opened_at=at, settled_at=at) for _ in range(how_many)])


def promised() -> list[int]:
    open_ones = Promise.objects.filter(kind="ledger.retention", payload={"row": ROW}, done_at=None)
    return list(open_ones.values_list("pk", flat=True))


def test_what_is_due_leaves_in_pieces_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PIECE", 3)
    settled(366, 7)
    settled(364, 2)
    due_retentions(now=app_now())
    left = []
    while waiting := promised():
        redeem(waiting)
        left.append(Incident.objects.count())
    assert left == [6, 3, 2]
    noted = AuditEntry.objects.filter(action="retention.done", object_id=ROW).order_by("pk")
    assert [entry.data["rows"] for entry in noted] == [3, 3, 1]


def test_redeemed_twice_is_done_once() -> None:
    settled(400, 2)
    due_retentions(now=app_now())
    ids = promised()
    redeem(ids)
    redeem(ids)
    assert AuditEntry.objects.filter(action="retention.done").count() == 1


def test_a_piece_that_breaks_changes_nothing_and_goes_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    settled(400, 2)
    due_retentions(now=app_now())

    def broken(**_arguments: Any) -> None:
        raise RuntimeError("killed after the rows were taken, before the commit")

    with monkeypatch.context() as patch:
        patch.setattr(retention, "audit", broken)
        redeem(promised())
    assert Incident.objects.filter(kind="x").count() == 2
    Promise.objects.filter(pk__in=promised()).update(not_before=app_now())
    redeem(promised())
    assert not Incident.objects.filter(kind="x").exists()


def test_a_row_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = kinds.Retention("test.bad", "x.X", (), ("", ""), ("", ""), "delete", 1, "tests.ledger.handlers.nowhere")
    monkeypatch.setitem(kinds.retentions, "test.bad", bad)
    settled(400, 1)
    due_retentions(now=app_now())
    redeem(list(Promise.objects.filter(kind="ledger.retention").values_list("pk", flat=True)))
    assert not Incident.objects.filter(kind="x").exists()
    assert Promise.objects.get(payload={"row": "test.bad"}).last_error


def test_the_dry_run_counts_and_writes_nothing() -> None:
    settled(400, 4)
    out = StringIO()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        call_command("retention", stdout=out)
    assert all(query["sql"].lstrip().startswith("SELECT") for query in seen)
    line = next(line for line in out.getvalue().splitlines() if line.startswith("ledger.Incident"))
    assert line.split()[-1] == "4"
    assert Incident.objects.count() == 4
    assert all(row.due is None for row in retention_table())


def test_the_run_does_exactly_what_the_dry_run_said(monkeypatch: pytest.MonkeyPatch) -> None:
    install_test_clock()
    monkeypatch.setattr(retention, "PIECE", 2)
    settled(400, 5)
    for number in range(3):
        request_code(phone=f"1610000079{number}")
    resident("16100000799")
    UserSession.objects.create(user=user(), session_key="x", ip="203.0.113.7", created_at=app_now())
    with shifted(timedelta(days=3000)):
        said = {row.row.key: row.due for row in retention_table(now=app_now()) if row.due is not None}
        assert {said[key] for key in (ROW, "accounts.phonecode", "cases.resident", "accounts.session")} == {5, 3, 1}
        due_retentions(now=app_now())
        while ids := list(Promise.objects.filter(kind="ledger.retention", done_at=None).values_list("pk", flat=True)):
            assert redeem(ids).done == len(ids)
        assert all(not row.due for row in retention_table(now=app_now()))
    done: dict[str, int] = dict.fromkeys(said, 0)
    for entry in AuditEntry.objects.filter(action="retention.done"):
        done[entry.object_id] += entry.data["rows"]
    assert done == said


def test_a_model_with_personal_columns_and_no_row_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    assert retention_rows(None) == []
    for key in ("cases.contact", "cases.resident"):
        monkeypatch.delitem(kinds.retentions, key)
    found = retention_rows(None)
    assert [message.id for message in found] == ["ledger.E003"]
    assert "accounts.Person" in found[0].msg
    assert "id_number" in found[0].msg


def test_a_row_that_names_what_is_not_there_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    typo = kinds.Retention("test.typo", "accounts.Person", ("fone",), ("", ""), ("", ""), "keep")
    monkeypatch.setitem(kinds.retentions, "test.typo", typo)
    assert [message.id for message in retention_rows(None)] == ["ledger.E004"]


def test_sealed_columns_telling_names_and_ways_to_a_person_are_personal() -> None:
    assert personal_columns(Person) == ["name", "id_number", "phone"]
    assert personal_columns(PhoneCode) == ["phone"]
    assert personal_columns(Promise) == []


def test_an_owner_that_leads_to_no_person_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner in ("nobody", "settled_at", "person__name"):
        row = kinds.Retention(
            "test.owner", "accounts.Notice", ("person",), ("", ""), ("", ""), "keep", owner=owner, what=("甲", "a")
        )
        monkeypatch.setitem(kinds.retentions, "test.owner", row)
        assert [message.id for message in retention_rows(None)] == ["ledger.E004"], owner
    with pytest.raises(ValueError, match=r"test\.words"):
        kinds.register_retention(
            "test.words", model="x.X", fields=(), basis=("", ""), after=("", ""), action="keep", owner="person"
        )


@pytest.mark.parametrize(
    "parts", [{"action": "erase", "days": 1}, {"action": "keep", "days": 1}, {"action": "delete"}, {"action": "burn"}]
)
def test_a_row_whose_parts_do_not_fit_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"test\.wrong"):
        kinds.register_retention("test.wrong", model="x.X", fields=(), basis=("", ""), after=("", ""), **parts)


def test_a_hold_needs_the_right_and_a_reason_and_is_there_once() -> None:
    with pytest.raises(PermissionDenied):
        place_hold(subject_kind="case", subject_id="5", reason="x", actor=Actor(ActorKind.MEMBER, "8", membership_id=2))
    with pytest.raises(ValidationError):
        place_hold(subject_kind="case", subject_id="5", reason=" ", actor=KEEPER)
    hold = place_hold(subject_kind="case", subject_id="5", reason="法院（2026）示例 1 号", actor=KEEPER)
    with pytest.raises(ValidationError):
        place_hold(subject_kind="case", subject_id="5", reason="again", actor=KEEPER)
    assert list(held("case")) == ["5"]
    release_hold(hold_id=hold.pk, actor=KEEPER)
    assert list(held("case")) == []
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["hold.place", "hold.release"]


def test_the_version_in_force_follows_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    first = kinds.attribute("events.kinds.REPORT_NOTICE")[0]
    second = kinds.NoticeVersion(
        2, first.effective + timedelta(days=30), first.short, first.fields, first.purpose, first.basis,
        first.retention, first.recipients,
    )  # fmt: skip
    monkeypatch.setattr(kinds, "attribute", lambda dotted: (first, second))
    before, after = first.effective + timedelta(days=29), first.effective + timedelta(days=30)
    assert notice_in_force("report", before).reference == "report/1"
    assert notice_in_force("report", after).reference == "report/2"
    assert notice_shown("report", "report/1", after) == "report/1"  # the page was opened before midnight
    for posted in ("", "report/9", "sign_in/1", "report/x", "<script>"):
        assert notice_shown("report", posted, after) == "report/2"
