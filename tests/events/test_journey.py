"""From the street to closure through the actions."""

from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town


def test_an_incident_travels_from_the_street_to_closure(town: Town) -> None:
    case_id = drive.closed(town)
    found = builders.case(case_id)
    assert (found.state, found.closed, found.outcome) == ("closed", True, "closed")
    assert [entry.transition for entry in found.history.order_by("sequence")] == [
        "open", "file", "dispatch", "assign", "finish", "confirm", "request_check", "check_passed", "close",
    ]  # fmt: skip
