"""A report from the street: once, located, within limits."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Person
from cases.engine import NotPermitted, SubmissionConflict
from cases.models import Case, Clock, Intake
from cases.queries import bearer
from cases.rules import network_of
from events import actions, queries, rules
from events.models import Report
from grids.queries import OutOfCity
from ledger.actions import run_retention
from ledger.actors import ANONYMOUS
from ledger.clock import app_now, shifted
from ledger.models import Promise
from tests.events import town as builders
from tests.events.town import HERE, Town

CONTACT = actions.Contact("王示例", "16100123456")


def test_a_report_finds_its_grid_and_its_first_desk(town: Town) -> None:
    receipt = builders.report(description="井盖不见了", datum="wgs84")
    found = builders.case(receipt.case_id)
    assert found.grid is not None and found.grid.code == "370902900001S01"
    assert found.path == f"{builders.VILLAGE}370902900001S01/"
    assert builders.step(receipt.case_id, "intake").department_id == town.department("jd")
    assert Promise.objects.filter(kind="cases.route", payload={"case": receipt.case_id}).count() == 1


def test_the_point_states_its_datum(town: Town) -> None:
    gcj = builders.report(lon=HERE[0] + 0.00607, lat=HERE[1] + 0.00025, datum="gcj02")
    point = builders.case(gcj.case_id).point
    assert point is not None
    assert (round(point.x, 3), round(point.y, 3)) == HERE


def test_the_same_key_gives_the_same_receipt_and_writes_nothing(town: Town) -> None:
    first = builders.report(submission_key="same", contact=CONTACT)
    second = builders.report(submission_key="same", contact=CONTACT)
    assert (second.number, second.token, second.replayed) == (first.number, first.token, True)
    assert (Case.objects.count(), Person.objects.count(), Report.objects.count()) == (1, 1, 1)


def test_a_photo_that_is_sent_again_is_the_same_photo(town: Town) -> None:
    first = builders.report(submission_key="same", photos=[builders.photo(ANONYMOUS, "grey")])
    again = builders.report(submission_key="same", photos=[builders.photo(ANONYMOUS, "grey")])
    assert (again.number, again.replayed) == (first.number, True)
    with pytest.raises(SubmissionConflict):
        builders.report(submission_key="same", photos=[builders.photo(ANONYMOUS, "green")])


def test_the_same_key_with_another_body_is_refused(town: Town) -> None:
    builders.report(submission_key="same")
    with pytest.raises(SubmissionConflict):
        builders.report(submission_key="same", description="另一件事")
    assert Case.objects.count() == 1


def test_a_point_outside_the_city_is_refused_and_leaves_nothing(town: Town) -> None:
    with pytest.raises(OutOfCity) as refused:
        builders.report(lon=121.47, lat=31.23)
    assert "121.47" in refused.value.messages[0]
    assert not Case.objects.exists()


def test_an_unknown_category_is_refused_by_field(town: Town) -> None:
    with pytest.raises(ValidationError) as refused:
        builders.report(category="event/99/9901")
    assert "category" in refused.value.message_dict


def test_the_contact_is_sealed_and_belongs_to_the_case(town: Town) -> None:
    found = builders.case(builders.report(contact=CONTACT).case_id)
    assert found.person is not None
    assert (str(found.person.name), str(found.person.phone)) == ("王**", "161****3456")
    assert "phone" in found.person.provenance


def test_a_wrong_phone_is_refused_and_leaves_nothing(town: Town) -> None:
    with pytest.raises(ValidationError) as refused:
        builders.report(contact=actions.Contact("王示例", "12345"))
    assert "phone" in refused.value.message_dict


def test_a_network_has_its_limit_for_an_hour(town: Town) -> None:
    for _number in range(rules.REPORTS_PER_NETWORK):
        builders.report(network="203.0.113.7")
    with pytest.raises(ValidationError) as refused:
        builders.report(network="203.0.113.200")
    assert refused.value.code == "flood"
    builders.report(network="198.51.100.7")
    with shifted(timedelta(hours=1, minutes=1)):
        builders.report(network="203.0.113.7")
    assert Case.objects.count() == rules.REPORTS_PER_NETWORK + 2


def test_a_phone_has_its_limit_for_an_hour(town: Town) -> None:
    for _number in range(rules.REPORTS_PER_PHONE):
        builders.report(contact=CONTACT)
    with pytest.raises(ValidationError) as refused:
        builders.report(contact=actions.Contact("李示例", "+86 161 0012 3456"))
    assert refused.value.code == "flood"


def test_members_are_not_counted(town: Town) -> None:
    builders.report(town["worker"], source="gridworker", network="203.0.113.7")
    assert not Intake.objects.exists()


def test_neither_network_nor_phone_is_readable_in_the_counts_and_they_leave_after_a_day(town: Town) -> None:
    builders.report(network="203.0.113.7", contact=CONTACT)
    kept = [bytes(row.key) for row in Intake.objects.all()]
    assert len(kept) == 2
    assert all(len(key) == 32 and b"203.0" not in key and b"16100" not in key for key in kept)
    with shifted(timedelta(days=2)):
        run_retention({"row": "cases.intake"}, promise_id=1, now=app_now())
    assert not Intake.objects.exists()


def test_announced_photos_are_added_by_the_reporter_only(town: Town) -> None:
    receipt = builders.report(photos_announced=2)
    found = bearer(receipt.token)
    assert found is not None
    case_id, reporter = found
    left = actions.add_announced_photos(actor=reporter, case_id=case_id, photos=[builders.photo(ANONYMOUS)])
    assert left == 1
    with pytest.raises(NotPermitted):
        actions.add_announced_photos(actor=town["sweeper"], case_id=case_id, photos=[builders.photo(ANONYMOUS)])
    assert builders.case(case_id).attachments.count() == 1


def test_similar_cases_nearby_are_named_and_not_folded(town: Town) -> None:
    first = builders.report()
    second = builders.report(lon=HERE[0] + 0.0003)
    far = builders.report(lon=HERE[0] + 0.002)
    other = builders.report(category="event/01/0110")
    found = queries.similar_cases("part/01/0101", *HERE, at=app_now(), but=first.case_id)
    assert [row.number for row in found] == [second.number]
    assert found[0].metres is not None and 20 < found[0].metres < 35
    assert {builders.case(r.case_id).state for r in (first, second, far, other)} == {"reported"}


def test_the_acceptance_clock_starts_with_the_report(town: Town) -> None:
    case_id = builders.report().case_id
    clock = Clock.objects.get(case_id=case_id)
    assert (clock.stage, clock.unit, clock.budget) == ("file", "working_hour", Decimal(2))
    assert builders.case(case_id).due_at == clock.due_at


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("127.0.0.1", ""),
        ("::", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_limits_are_counted_per_network_and_not_for_an_unknown_one(address: str, network: str) -> None:
    assert network_of(address) == network
