"""The public page of a place: figures with numerator and denominator, and nothing that was not released."""

from datetime import timedelta
from decimal import Decimal

from cases.access import Bearer
from cases.actions import release
from cases.rules import snapped
from events import actions, queries, rules
from ledger.clock import app_now, shifted
from tests.events import drive
from tests.events import town as builders
from tests.events.town import HERE, TOWN, Town


def figures(days: int = 30, path: str = TOWN) -> queries.Window:
    return queries.place_figures(path, now=app_now() + timedelta(seconds=1), days=days)


def test_received_and_closed_are_counted_in_their_window(town: Town) -> None:
    with shifted(timedelta(days=-60)):
        drive.closed(town)
    drive.closed(town)
    drive.reported(town)
    month, quarter = figures(30), figures(90)
    assert (month.received, month.closed.numerator, month.closed.denominator) == (2, 1, 2)
    assert (quarter.received, quarter.closed.numerator) == (3, 2)


def test_another_place_counts_for_itself(town: Town) -> None:
    drive.closed(town)
    assert figures(path="/3709/370983/").received == 0
    assert figures(path=builders.VILLAGE).received == 1


def test_on_time_is_counted_of_the_cases_closed_in_the_window(town: Town) -> None:
    drive.closed(town)
    with shifted(timedelta(days=-5)):
        late = drive.checked(town)
    drive.close(town, late)
    assert (figures().on_time.numerator, figures().on_time.denominator) == (1, 2)


def test_a_forced_closing_is_no_success(town: Town) -> None:
    case_id = drive.assigned(town)
    version = builders.case(case_id).version
    actions.force_close(actor=town["chief"], case_id=case_id, expected_version=version, reason="列入改造")
    assert (figures().closed.numerator, figures().on_time.denominator) == (1, 0)


def test_an_exempted_case_leaves_the_statistic_only(town: Town) -> None:
    case_id = drive.closed(town)
    found = builders.case(case_id)
    found.exempt = True
    found.save(update_fields=["exempt"])
    assert (figures().on_time.denominator, figures().closed.numerator) == (0, 1)


def test_satisfied_means_four_or_five(town: Town) -> None:
    for score in (5, 4, 3):
        case_id = drive.closed(town)
        actions.rate_report(actor=Bearer(builders.case(case_id).number).actor(), case_id=case_id, score=score)
    assert (figures().satisfied.numerator, figures().satisfied.denominator) == (2, 3)


def test_a_share_of_fewer_than_five_is_not_shown() -> None:
    assert rules.share(4, 4) is None
    assert rules.share(0, 0) is None
    assert rules.share(2, 6) == Decimal("33.3")


def test_text_and_photos_are_shown_only_after_their_release(town: Town) -> None:
    case_id = drive.reported(town, description="王某家门口", photos=[builders.photo(town["worker"])])
    shown = queries.recent_reports(TOWN)[0]
    assert (shown.text, shown.photos) == ("", ())
    attachment = builders.case(case_id).attachments.get()
    actions.release_text(actor=town["acceptor"], case_id=case_id, text="井盖缺失")
    release(number=builders.case(case_id).number, actor=town["acceptor"], attachment_ids=[attachment.pk])
    shown = queries.recent_reports(TOWN)[0]
    assert (shown.text, shown.photos) == ("井盖缺失", (attachment.file_id,))
    actions.release_text(actor=town["acceptor"], case_id=case_id, text="")
    assert queries.recent_reports(TOWN)[0].text == ""


def test_the_public_sees_the_point_on_a_lattice_of_twenty_metres(town: Town) -> None:
    drive.reported(town, lon=HERE[0] + 0.00003, lat=HERE[1] + 0.00003)
    shown = queries.recent_reports(TOWN)[0]
    assert (shown.lon, shown.lat) == snapped(HERE[0] + 0.00003, HERE[1] + 0.00003)
    assert (shown.lon, shown.lat) != (HERE[0] + 0.00003, HERE[1] + 0.00003)
    assert abs((shown.lat or 0) - HERE[1]) < 0.0002


def test_the_page_says_category_state_place_and_result(town: Town) -> None:
    drive.closed(town)
    shown = queries.recent_reports(TOWN)[0]
    assert (shown.name_zh, shown.state_zh, shown.result) == ("上水井盖", "已办结", "井盖已更换")
    assert shown.closing_en == "Fenced at once, then replaced firm and level"
    assert "示意网格" in shown.place_zh


def test_the_page_takes_few_statements(town: Town, django_assert_max_num_queries: object) -> None:
    drive.closed(town)
    drive.reported(town)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        page = queries.place_page(TOWN, now=app_now())
    assert [window.days for window in page.windows] == [30, 90]
