"""The demo: made by the real actions, the same after a restart, and it hurts nobody."""

import io
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from PIL import Image
from pytest_django.plugin import DjangoDbBlocker

from accounts.demo_identity import INVENTED
from accounts.models import Person, User
from accounts.rules import DEMO_PHONE
from cases.models import Case, HistoryEntry
from events.queries import forget_catalogue
from events.workflow import OPEN
from govplatform.demo.drafts import drafts
from govplatform.demo.drawings import SUBJECTS as DRAWN
from govplatform.demo.drawings import picture
from govplatform.demo.papers import papers
from govplatform.demo.play import Play
from govplatform.demo.scenario import ALL, FIRST, stories
from govplatform.demo.subjects import SUBJECTS
from ledger.actions import install_test_clock
from ledger.cityfolder import city_path
from ledger.clock import app_now
from ledger.models import Document, Edition, Promise
from ledger.queries import edition_difference, edition_faults, edition_in_force
from ledger.queries.calendar import forget_calendar

pytestmark = pytest.mark.django_db
PLAYED = 14  # one story for every open state, and one that ends


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The city folder, loaded once for all tests of this file."""
    assert "test" in connection.settings_dict["NAME"]
    block: Any = transaction.atomic()
    block._from_testcase = True  # lets actions through that end with a commit
    with django_db_blocker.unblock(), block:
        call_command("load_city", verbosity=0, stdout=io.StringIO())
        install_test_clock()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def city(loaded: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    forget_catalogue()
    forget_calendar()
    yield
    forget_catalogue()
    forget_calendar()


def play(number: int = PLAYED) -> int:
    chosen = [story for story in stories() if story.number < number - 1 or story.number == FIRST - 1]
    return Play(chosen, lambda _begun: None).run()


def test_the_stories_are_the_same_every_time_and_cover_every_state() -> None:
    first, second = list(stories()), list(stories())
    assert first == second
    assert len(first) == ALL > 400
    assert {story.stop for story in first[:FIRST]} == {*OPEN, "end"}
    assert {story.source for story in first} == {"gridworker", "public", "resident", "hotline", "api"}


def test_every_subject_has_a_category_of_the_city_and_a_drawing() -> None:
    text = (city_path("taian") / "conditions.csv").read_text()
    for subject in SUBJECTS:
        assert f"\n{subject.category},{subject.condition}," in text, subject
        assert subject.picture in DRAWN or subject.picture == "other"


def test_a_drawing_is_a_small_picture_labelled_as_illustrative() -> None:
    image = Image.open(BytesIO(picture("manhole", "before")))
    assert image.size == (640, 480)
    corner = image.crop((560, 438, 632, 474)).convert("RGB")
    data = corner.tobytes()
    reds = sum(1 for red, green in zip(data[::3], data[1::3], strict=True) if red > 110 and green < 100)
    assert reds > 200


def test_the_demo_stands_in_every_state_and_every_promise_is_kept(city: None) -> None:
    assert play() == PLAYED
    assert set(OPEN) <= set(Case.objects.values_list("state", flat=True))
    assert not Promise.objects.filter(done_at=None).exists()
    assert not HistoryEntry.objects.filter(at__gt=app_now()).exists()
    for case in Case.objects.all():
        moments = list(case.history.order_by("sequence").values_list("sequence", "at"))
        assert [sequence for sequence, _at in moments] == list(range(1, len(moments) + 1))
        assert moments == sorted(moments, key=lambda moment: moment[1]), case.number


def test_playing_again_makes_nothing_twice(city: None) -> None:
    play(2)
    before = (Case.objects.count(), HistoryEntry.objects.count())
    play(2)
    assert (Case.objects.count(), HistoryEntry.objects.count()) == before


def test_what_was_played_to_the_end_is_left_to_those_who_try_it(city: None, capsys: Any) -> None:
    call_command("seed_demo", first=2)
    before = HistoryEntry.objects.count()
    call_command("seed_demo", first=2)
    assert HistoryEntry.objects.count() == before
    assert "first-2 stands" in capsys.readouterr().out


def test_nobody_in_the_demo_exists(city: None) -> None:
    play(5)
    people = list(Person.objects.all())
    assert people
    for person in people:
        assert person.phone.empty or str(person.phone).startswith(DEMO_PHONE[:3])
        assert person.id_number.empty
    officials = User.objects.exclude(username="").values_list("display_name", "email")
    assert all(any(mark in name for mark in ("示", "例", *INVENTED)) for name, _email in officials if name)
    assert all(email.endswith(".invalid") for _name, email in officials if email)


def test_the_drafts_of_the_demo_differ_and_wait_for_somebody_else(city: None) -> None:
    drafts()
    now = app_now()
    for kind in ("routing", "categories"):
        current, book = edition_in_force(kind, now), Edition.objects.get(kind=kind, state="draft")
        assert current is not None and book.drafted_by.startswith("member:")
        (changed,) = edition_difference(kind, current.pk, book.pk)
        assert (changed.sign, edition_faults(kind, book.pk)) == ("~", [])
    assert Promise.objects.filter(kind="ledger.edition_waiting").count() == 2


def test_requests_about_own_data_and_documents_stand_once_in_the_demo(city: None) -> None:
    play()
    assert papers() == papers() > 0
    requests = Case.objects.filter(kind="privacy_request", person__user__username="resident")
    assert sorted(requests.values_list("answers__ask", flat=True)) == [
        "correct_name",
        "erase_contacts",
        "erase_contacts",
    ]
    issued = Document.objects.order_by("case_id", "kind").values_list("kind", "language")
    assert set(issued) == {("cases.acceptance", "zh-hans"), ("cases.report", "zh-hans")}
    assert len(issued) == papers()
