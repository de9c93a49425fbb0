"""Pages of the roster, of one's own duties with the calendar, and of the report."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from grids import queries
from grids.models import Absence, Duty, Grid
from grids.queries.feeds import feed_token, feed_user
from grids.rules.ical import Entry, calendar_text
from ledger.actions import install_test_clock
from ledger.models import Promise
from tests.accounts.world import browser
from tests.grids.test_blind_spots import ALWAYS, worker
from tests.grids.zoning_world import S04, person_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(town: Path) -> Client:
    install_test_clock()
    return browser(person_with("registrar", "grids.edit"))


@pytest.fixture
def wang(town: Path) -> User:
    made = worker("wang")
    made.display_name, made.display_name_en = "王示例", "Wang Shili"
    made.save()
    Duty.objects.create(grid=Grid.objects.get(code=S04), user=made, post="worker", valid=ALWAYS)
    return made


def test_the_roster_is_changed_by_forms_that_keep_what_was_typed(clerk: Client, wang: User) -> None:
    li, today = worker("li"), queries.today()
    shown = clerk.get("/desk/duties/", {"grid": S04}, headers={"accept-language": "en"}).content.decode()
    assert "Wang Shili" in shown and "vacant" in shown
    values = {"grid": S04, "post": "deputy", "user_id": "nobody-of-that-name", "day": str(today), "kind": ""}
    refused = clerk.post("/desk/duties/assign/", values, headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert "Nobody has this user name." in refused.content.decode()
    assert "nobody-of-that-name" in refused.content.decode()
    assert clerk.post("/desk/duties/assign/", {**values, "user_id": "li"}).status_code == 302
    assert queries.grid_worker(Grid.objects.get(code=S04).pk, today) == (wang.pk, li.pk)
    away = {"user_id": "wang", "first": str(today), "last": str(today), "substitute_id": "li", "hand_over": "on"}
    assert clerk.post("/desk/duties/absence/", away).status_code == 302
    assert "away" in clerk.get("/desk/duties/", headers={"accept-language": "en"}).content.decode()
    made = Absence.objects.get()
    assert clerk.post("/desk/duties/back/", {"absence_id": made.pk}).status_code == 302
    tomorrow = str(today + timedelta(days=1))
    moved = {"user_id": "wang", "to_id": "li", "day": tomorrow}
    assert clerk.post("/desk/duties/transfer/", moved).status_code == 302
    assert clerk.get("/desk/duties/assign/").status_code == 302
    assert clerk.get("/desk/duties/nothing/").status_code == 404


def test_an_absence_has_no_place_for_a_reason(clerk: Client) -> None:
    names = {field.name for field in Absence._meta.get_fields()}
    assert names == {"id", "user", "substitute", "valid", "entered_by", "entered_at"}


def test_the_report_says_what_is_missing_and_shows_the_figures(clerk: Client, wang: User) -> None:
    shown = clerk.get("/desk/blind-spots/", headers={"accept-language": "en"}).content.decode()
    assert "Grids without a deputy" in shown
    assert "Sum of the parts" in shown
    assert "told for today only" not in shown
    past = clerk.get("/desk/blind-spots/", {"on": "2026-09-01", "kind": "worker"}, headers={"accept-language": "en"})
    assert "told for today only" in past.content.decode()
    assert clerk.post("/desk/blind-spots/look/").status_code == 302
    assert Promise.objects.filter(kind="events.blind_spots").count() == 1


def test_the_calendar_has_a_private_address_that_can_be_renewed(wang: User) -> None:
    install_test_clock()
    client = browser(wang)
    assert feed_token(wang.pk) == ""
    assert client.post("/duties/mine/renew/").status_code == 302
    first = feed_token(wang.pk)
    assert first in client.get("/duties/mine/").content.decode()
    answer = Client().get(f"/duties/{first}.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20200101" in text
    client.post("/duties/mine/renew/")
    assert Client().get(f"/duties/{first}.ics").status_code == 404
    assert feed_user(feed_token(wang.pk)) == wang.pk
    User.objects.filter(pk=wang.pk).update(is_active=False)
    assert feed_user(feed_token(wang.pk)) is None
    assert Client().get("/duties/aaaa.ics").status_code == 404


def test_a_calendar_line_is_escaped_and_folded_between_characters() -> None:
    stamp = datetime(2026, 11, 26, 8, tzinfo=UTC)
    entry = Entry("a@b", date(2026, 1, 1), date(2026, 1, 3), "网格员；" * 12 + "a,b;c\\d\ne")
    lines = calendar_text("我", [entry], stamp=stamp).encode().split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    unfolded = b"\r\n".join(lines).replace(b"\r\n ", b"").decode()
    assert "SUMMARY:" + "网格员；" * 12 + "a\\,b\\;c\\\\d\\ne" in unfolded
    assert "DTSTAMP:20261126T080000Z" in unfolded
    assert "DTEND;VALUE=DATE:20260103" in unfolded
