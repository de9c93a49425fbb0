"""What the private link opens: the steps in plain words, answers, rating, reopening; and what it does not."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import Person
from cases import actions as kernel
from cases.access import Bearer
from cases.engine import NotPermitted
from cases.queries import bearer, track_case, tracking
from cases.rules import case_of_token, tracking_token
from events import actions
from events.models import Rating
from ledger.actions import place_hold, run_retention
from ledger.actors import ANONYMOUS, Actor, ActorKind
from ledger.clock import app_now, shifted
from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town

KEY = settings.KEYS.token
CONTACTS = {"row": "cases.contact"}


def reporter(case_id: int) -> Actor:
    return Bearer(builders.case(case_id).number).actor()


def test_a_token_leads_to_its_case_and_to_no_other() -> None:
    tokens = {tracking_token(case_id, KEY) for case_id in range(1, 200)}
    assert len(tokens) == 199
    assert all(len(token) == 39 and token.isalnum() for token in tokens)
    assert {case_of_token(token, KEY) for token in tokens} == set(range(1, 200))


@pytest.mark.parametrize("token", ["", "a", "!" * 39, "a" * 39, "a" * 400, "税" * 39])
def test_a_wrong_token_leads_nowhere(token: str) -> None:
    assert case_of_token(token, KEY) is None


def test_one_changed_letter_breaks_a_token() -> None:
    token = tracking_token(7, KEY)
    for place in range(len(token) - 1):
        changed = token[:place] + ("b" if token[place] == "a" else "a") + token[place + 1 :]
        assert case_of_token(changed, KEY) is None


def test_tokens_of_another_key_lead_nowhere() -> None:
    assert case_of_token(tracking_token(7, b"x" * 32), KEY) is None


def test_neighbouring_cases_have_unlike_tokens() -> None:
    first, second = tracking_token(100, KEY), tracking_token(101, KEY)
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 15


def test_the_reporter_reads_every_public_step_in_plain_words(town: Town) -> None:
    case_id = drive.closed(town)
    found = tracking(tracking_token(case_id, KEY), now=app_now())
    assert found is not None
    assert [step.name_en for step in found.steps] == [
        "Your report was received", "Filed", "Dispatched", "Result confirmed", "Sent for the check", "Check passed",
        "Closed",
    ]  # fmt: skip
    assert (found.state_zh, found.result, found.closed) == ("已办结", "井盖已更换", True)
    assert all(link.position == "done" for link in found.links)
    assert (found.may_rate, found.may_reopen, found.may_reply) == (True, True, False)


def test_inner_notes_and_names_stay_inside(town: Town) -> None:
    case_id = drive.checked(town, passed=False)
    found = track_case(case_id, now=app_now())
    text = repr(found)
    assert "井盖仍有响动" not in text
    assert "示例" not in text
    assert "已更换" not in text


def test_a_reason_written_for_the_reporter_is_shown(town: Town) -> None:
    case_id = drive.reported(town)
    version = builders.case(case_id).version
    actions.refuse_report(actor=town["acceptor"], case_id=case_id, expected_version=version, reason="与已立案件重复")
    found = track_case(case_id, now=app_now())
    assert found is not None
    assert found.steps[-1].note == "与已立案件重复"


def test_a_wrong_link_shows_nothing(town: Town) -> None:
    drive.reported(town)
    assert tracking("a" * 39, now=app_now()) is None
    assert bearer("a" * 39) is None


def test_the_reporter_rates_once_for_each_closing(town: Town) -> None:
    case_id = drive.closed(town)
    actions.rate_report(actor=reporter(case_id), case_id=case_id, score=5, comment="很快")
    with pytest.raises(ValidationError):
        actions.rate_report(actor=reporter(case_id), case_id=case_id, score=1)
    assert Rating.objects.get(case_id=case_id).score == 5


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_rating_is_one_to_five(town: Town, score: int) -> None:
    case_id = drive.closed(town)
    with pytest.raises(ValidationError):
        actions.rate_report(actor=reporter(case_id), case_id=case_id, score=score)


def test_an_open_case_is_not_rated(town: Town) -> None:
    case_id = drive.assigned(town)
    with pytest.raises(ValidationError):
        actions.rate_report(actor=reporter(case_id), case_id=case_id, score=5)


def test_nobody_rates_for_the_reporter(town: Town) -> None:
    case_id = drive.closed(town)
    other = drive.reported(town)
    for actor in (ANONYMOUS, town["handler"], reporter(other)):
        with pytest.raises(NotPermitted):
            actions.rate_report(actor=actor, case_id=case_id, score=5)


def test_reopening_brings_the_case_back_to_who_filed_it(town: Town) -> None:
    case_id = drive.closed(town)
    with shifted(timedelta(days=14)):
        actions.reopen_report(actor=reporter(case_id), case_id=case_id, reason="又响了")
    found = builders.case(case_id)
    assert (found.state, found.closed, found.closed_at) == ("reported", False, None)
    assert builders.step(case_id, "intake").returned


def test_reopening_ends_after_fifteen_days(town: Town) -> None:
    case_id = drive.closed(town)
    with shifted(timedelta(days=15, minutes=1)):
        with pytest.raises(ValidationError):
            actions.reopen_report(actor=reporter(case_id), case_id=case_id, reason="又响了")
        found = track_case(case_id, now=app_now())
    assert found is not None
    assert not found.may_reopen
    assert builders.case(case_id).closed


def test_a_reopened_case_is_rated_again_after_its_next_closing(town: Town) -> None:
    case_id = drive.closed(town)
    actions.rate_report(actor=reporter(case_id), case_id=case_id, score=2)
    with shifted(timedelta(hours=1)):
        actions.reopen_report(actor=reporter(case_id), case_id=case_id, reason="又响了")
    with shifted(timedelta(hours=2)):
        drive.to_closed(town, case_id)
    with shifted(timedelta(hours=3)):
        actions.rate_report(actor=reporter(case_id), case_id=case_id, score=5)
    assert list(Rating.objects.filter(case_id=case_id).order_by("at").values_list("score", flat=True)) == [2, 5]


def test_the_reporter_answers_while_the_case_is_open(town: Town) -> None:
    case_id = drive.assigned(town)
    kernel.reply(actor=reporter(case_id), case_id=case_id, text="在路口东侧")
    found = track_case(case_id, now=app_now())
    assert found is not None
    assert (found.steps[-1].name_en, found.steps[-1].note) == ("You added a message", "在路口东侧")


def test_a_closed_case_takes_no_answer(town: Town) -> None:
    case_id = drive.closed(town)
    with pytest.raises(ValidationError):
        kernel.reply(actor=reporter(case_id), case_id=case_id, text="谢谢")


def test_contacts_leave_ninety_days_after_the_closing(town: Town) -> None:
    contact = actions.Contact("王示例", "16100123456")
    closed, young, still_open = (make(town, contact=contact) for make in (drive.closed, drive.closed, drive.assigned))
    with shifted(timedelta(days=89)):
        run_retention(CONTACTS, promise_id=1, now=app_now())
        assert not Person.objects.filter(erased_at__isnull=False).exists()
    builders.case(young).__class__.objects.filter(pk=young).update(closed_at=app_now() + timedelta(days=5))
    with shifted(timedelta(days=90, minutes=1)):
        run_retention(CONTACTS, promise_id=2, now=app_now())
    erased = builders.case(closed).person
    assert erased is not None
    assert (str(erased.name), str(erased.phone), erased.phone_index, erased.provenance) == ("", "", None, {})
    assert all(builders.case(case_id).person.erased_at is None for case_id in (young, still_open))  # type: ignore[union-attr]


def test_a_legal_hold_on_case_or_person_keeps_the_contact(town: Town) -> None:
    contact = actions.Contact("王示例", "16100123456")
    kept, held_person, free = (make(town, contact=contact) for make in (drive.closed, drive.closed, drive.closed))
    keeper = Actor(ActorKind.MEMBER, "7", membership_id=1, rights=frozenset({"accounts.memberships"}))
    place_hold(subject_kind="case", subject_id=str(kept), reason="法院示例函", actor=keeper)
    person_id = str(builders.case(held_person).person_id)
    place_hold(subject_kind="person", subject_id=person_id, reason="法院示例函", actor=keeper)
    with shifted(timedelta(days=91)):
        run_retention(CONTACTS, promise_id=1, now=app_now())
    erased = {case_id: builders.case(case_id).person.erased_at for case_id in (kept, held_person, free)}  # type: ignore[union-attr]
    assert erased[kept] is None
    assert erased[held_person] is None
    assert erased[free] is not None


def test_the_notice_that_was_shown_is_stored_with_the_contact(town: Town) -> None:
    told = builders.report(contact=actions.Contact("王示例", "16100123456", "report/1"))
    by_phone = builders.report(town["acceptor"], source="hotline", contact=actions.Contact("", "16100123457"))
    people = [builders.case(receipt.case_id).person for receipt in (told, by_phone)]
    assert [person.provenance["phone"]["notice"] for person in people if person] == ["report/1", "hotline/1"]
