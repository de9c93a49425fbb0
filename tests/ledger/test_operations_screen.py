"""The screen on which an operator sees failed work and settles it."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from accounts.models import Department, Membership, Role, User
from ledger.actions import redeem, start_job
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import CalendarYear, Incident, Job, Promise
from tests.ledger.conftest import Promised
from tests.ledger.handlers import effects

pytestmark = pytest.mark.django_db


def signed_in(rights: list[str]) -> Client:
    user = User.objects.create_user(username="somebody", password="a-long-password")
    department = Department.objects.create(
        code="ops", name_zh="运维", name_en="Operations", level="city", function="operations", territory="/3709/"
    )
    role = Role.objects.create(code="made_up", name_zh="角色", name_en="Role", rights=rights)
    valid = DateRange(date(2020, 1, 1), app_now().date() + timedelta(days=400))
    Membership.objects.create(user=user, department=department, role=role, territory="/3709/", valid=valid)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def client() -> Client:
    return signed_in(["operations.settle"])


@pytest.fixture
def incident(promised: Promised) -> Incident:
    row = promised("test.fail", attempts=11)
    redeem([row.pk])
    return Incident.objects.get()


def test_it_shows_failed_work_with_both_ways_out(client: Client, incident: Incident, promised: Promised) -> None:
    promised("test.slow")
    text = client.get("/desk/operations/").content.decode()
    assert "test.fail" in text
    assert "failed 12 times" in text
    assert f"/desk/operations/incidents/{incident.pk}/retry/" in text
    assert f"/desk/operations/incidents/{incident.pk}/settle/" in text
    assert "test.slow" in text


def test_trying_again_frees_the_promise(client: Client, incident: Incident) -> None:
    client.post(f"/desk/operations/incidents/{incident.pk}/retry/")
    assert Promise.objects.get().dead_at is None
    assert "waits for you" in client.get("/desk/operations/").content.decode()
    assert Incident.objects.get().settlement == "retried"


def test_settling_without_a_note_says_so_and_leaves_it_open(client: Client, incident: Incident) -> None:
    answer = client.post(f"/desk/operations/incidents/{incident.pk}/settle/", {"note": ""}, follow=True)
    assert "note late" in answer.content.decode()
    assert Incident.objects.get().settled_at is None
    client.post(f"/desk/operations/incidents/{incident.pk}/settle/", {"note": "By telephone."})
    assert Incident.objects.get().note == "By telephone."
    assert effects() == 0


def test_it_says_when_a_year_has_no_calendar(client: Client) -> None:
    year = app_now().year
    assert f"The calendar of {year} is not entered" in client.get("/desk/operations/").content.decode()
    CalendarYear.objects.bulk_create([CalendarYear(year=year + more, hours=[], source="s") for more in (0, 1)])
    assert "is not entered" not in client.get("/desk/operations/").content.decode()


def test_an_incident_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.post("/desk/operations/incidents/999/retry/").status_code == 404


def test_without_the_right_nothing_is_shown(incident: Incident) -> None:
    stranger = signed_in(["cases.read"])
    answer = stranger.get("/desk/operations/")
    assert answer.status_code == 403
    assert "test.fail" not in answer.content.decode()
    stranger.post(f"/desk/operations/incidents/{incident.pk}/settle/", {"note": "x"})
    assert Incident.objects.get().settled_at is None


def test_a_job_shows_its_progress_and_can_be_stopped_and_resumed(client: Client, operator: Actor) -> None:
    job_id = start_job(kind="test.count", params={}, actor=operator, now=app_now())
    redeem([Promise.objects.get().pk])
    page = f"/desk/operations/jobs/{job_id}/"
    assert "Counting" in client.get("/desk/operations/").content.decode()
    assert "1 / 3 (33 %)" in client.get(page).content.decode()
    client.post(f"{page}cancel/")
    redeem(list(Promise.objects.filter(done_at=None).values_list("pk", flat=True)))
    assert Job.objects.get().state == Job.State.CANCELLED
    client.post(f"{page}resume/")
    assert Job.objects.get().state == Job.State.WAITING


def test_the_part_that_refreshes_itself_is_no_whole_page(client: Client, operator: Actor) -> None:
    job_id = start_job(kind="test.count", params={}, actor=operator, now=app_now())
    part = client.get(f"/desk/operations/jobs/{job_id}/", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 2s"' in part


def test_a_year_without_holidays_leads_to_their_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.queries.operations.missing_years", lambda now: [2027])
    way = "/desk/imports/new/ledger.holidays/"
    assert way in signed_in(["operations.settle", "calendar.edit"]).get("/desk/operations/").content.decode()
    User.objects.update(username="other")
    Role.objects.update(rights=["operations.settle"])
    text = Client(headers={"accept-language": "en"})
    text.force_login(User.objects.get())
    told = text.get("/desk/operations/").content.decode()
    assert "The calendar of 2027 is not entered" in told
    assert way not in told
