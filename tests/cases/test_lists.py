"""Inbox, queue and case file."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Role
from cases import queries
from cases.access import Bearer
from cases.models import Assignment, Case
from ledger.actors import ANONYMOUS, Actor, ActorKind
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.rules import DANGEROUS
from tests.cases.world import COUNTY, World, move, open_case, step, to_joint


def test_an_inbox_shows_what_the_hat_may_take_and_nothing_else(town: World) -> None:
    case = open_case(ANONYMOUS)
    now = app_now()

    assert [row.number for row in queries.inbox(town.actor("ada"), now=now).rows] == [case.number]
    assert [row.number for row in queries.inbox(town.actor("chief"), now=now).rows] == [case.number]
    for name in ("dan", "hal", "gina", "outsider"):
        assert queries.inbox(town.actor(name), now=now).rows == ()


def test_the_inbox_is_sorted_by_time_left_and_paged_by_key(town: World) -> None:
    cases = [open_case(ANONYMOUS, now=app_now() - timedelta(minutes=n)) for n in (1, 50, 20)]
    first = queries.inbox(town.actor("ada"), limit=2, now=app_now())
    second = queries.inbox(town.actor("ada"), limit=2, after=first.next_key, now=app_now())

    assert [row.number for row in first.rows + second.rows] == [cases[1].number, cases[2].number, cases[0].number]
    assert second.next_key == ""


def test_the_inbox_costs_the_same_statements_whatever_its_size(town: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            queries.inbox(town.actor("ada"), now=app_now())
            queries.inbox_counts(town.actor("ada"), app_now())
        return len(seen)

    open_case(ANONYMOUS)
    few = statements()
    for _ in range(12):
        open_case(ANONYMOUS)
    assert statements() == few <= 4


def test_counts_agree_with_the_views(town: World) -> None:
    open_case(ANONYMOUS, now=app_now() - timedelta(hours=3))
    open_case(ANONYMOUS)
    taken = step(open_case(ANONYMOUS), "intake")
    Assignment.objects.filter(pk=taken.pk).update(holder=town.users["ada"], seen_at=app_now())
    actor, now = town.actor("ada"), app_now()

    counts = queries.inbox_counts(actor, now)
    assert counts == {view: len(queries.inbox(actor, view=view, now=now).rows) for view in queries.VIEWS}
    assert (counts["all"], counts["overdue"], counts["mine"], counts["unread"]) == (3, 1, 1, 2)


def test_neighbours_follow_the_order_of_the_inbox(town: World) -> None:
    cases = [open_case(ANONYMOUS, now=app_now() - timedelta(minutes=n)) for n in (30, 20, 10)]
    near = queries.neighbours(town.actor("ada"), cases[1].number, now=app_now())

    assert (near.previous, near.next, near.position, near.total) == (cases[0].number, cases[2].number, 2, 3)


def test_the_queue_filters_by_area_and_text_and_sorts_by_either_column(town: World) -> None:
    here = open_case(ANONYMOUS, title="Broken lamp", address="Spring Road 3")
    open_case(ANONYMOUS, path="/3709/370983/370983001/", title="Broken lamp")
    actor, now = town.actor("chief"), app_now()

    def numbers(**filters: str) -> list[str]:
        return [row.number for row in queries.queue(actor, filters=filters, now=now).rows]

    assert len(numbers()) == 2
    assert numbers(township=COUNTY) == [here.number]
    assert numbers(q="spring road") == numbers(q=here.number) == [here.number]
    assert numbers(state="finished") == []
    assert len(queries.queue(actor, filters={}, sort="due", now=now).rows) == 2


@pytest.mark.parametrize("sort", ["-opened", "due"])
def test_paging_the_queue_meets_every_case_once(town: World, sort: str) -> None:
    for n in range(5):
        open_case(ANONYMOUS, now=app_now() - timedelta(hours=n))
    met, after = [], ""
    while True:
        page = queries.queue(town.actor("chief"), filters={}, sort=sort, after=after, limit=2, now=app_now())
        met += [row.number for row in page.rows]
        after = page.next_key
        if not after:
            break
    assert len(met) == len(set(met)) == 5


def test_a_file_that_is_not_yours_is_not_there(town: World) -> None:
    case = open_case(ANONYMOUS)
    assert queries.case_file(town.actor("outsider"), case.number, app_now()) is None
    assert queries.case_file(town.actor("ada"), "0" * 19, app_now()) is None


def test_a_reporter_never_reads_the_file_of_the_members(town: World) -> None:
    reporter = Actor(kind=ActorKind.RESIDENT, id=str(uuid7()))
    case = open_case(reporter)
    assert queries.case_file(reporter, case.number, app_now()) is None
    assert queries.case_file(Bearer(case.number).actor(), case.number, app_now()) is None


def test_the_file_names_permitted_moves_with_effect_and_version(town: World) -> None:
    case = open_case(ANONYMOUS)
    file = queries.case_file(town.actor("ada"), case.number, app_now())

    assert file is not None
    assert [move_row.name for move_row in file.moves] == ["begin", "refuse"]
    begin, refuse = file.moves
    assert begin.primary and begin.effect and begin.expected_version == case.version
    assert refuse.needs == ("note",)


def test_the_file_says_what_is_missing_and_who_has_the_case(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS), assist_ids=(town.id("office"),))
    lead = queries.case_file(town.actor("hal"), case.number, app_now())
    centre = queries.case_file(town.actor("ada"), case.number, app_now())
    assert lead is not None and centre is not None

    finish = next(row for row in lead.moves if row.name == "finish")
    assert finish.missing
    with translation.override("en"):
        english = queries.case_file(town.actor("dan"), case.number, app_now())
    assert english is not None and english.moves == () and "Dept works" in english.locked


def test_history_names_members_and_rules_but_never_the_reporter(town: World) -> None:
    case = to_joint(town, open_case(town.actor("gina")))
    move(case, "give_back", town.actor("cora"), note="not ours")
    with translation.override("en"):
        file = queries.case_file(town.actor("chief"), case.number, app_now())
    assert file is not None
    lines = [(row.title, row.who, row.back) for row in file.history]
    assert lines[1] == ("Begin", "ada Dept centre", False)
    assert lines[-2:] == [("Send → Dept works", "dan Dept centre", False), ("Give back", "cora Dept works", True)]


def test_a_resident_reporter_is_only_called_reporter(town: World) -> None:
    case = open_case(ANONYMOUS)
    with translation.override("en"):
        file = queries.case_file(town.actor("ada"), case.number, app_now())
    assert file is not None and file.history[0].who == "reporter"


def test_limits_show_what_is_used_and_a_resting_clock_rests(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    move(case, "supplement", town.actor("hal"), note="papers are missing")
    file = queries.case_file(town.actor("hal"), case.number, app_now())

    assert file is not None and file.clock is not None
    assert (file.clock.level, file.clock.due_at) == ("hold", None)
    assert {row.stage: row.level for row in file.limits} == {"total": "hold", "accept": "ok", "handle": "hold"}


def test_the_chain_marks_where_the_case_stands(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    file = queries.case_file(town.actor("hal"), case.number, app_now())
    assert file is not None
    assert [link.state for link in file.steps] == ["done", "now", ""]


def test_similar_cases_are_the_same_category_close_in_place_and_time(town: World) -> None:
    spot = (117.1234, 36.1999)
    case = open_case(ANONYMOUS, point=spot)
    near = open_case(ANONYMOUS, point=(spot[0] + 0.0003, spot[1]))
    open_case(ANONYMOUS, point=(spot[0] + 0.002, spot[1]))
    open_case(ANONYMOUS, point=spot, category="inspection/02")
    open_case(ANONYMOUS, point=spot, now=app_now() - timedelta(days=3))

    file = queries.case_file(town.actor("ada"), case.number, app_now())
    assert file is not None
    assert [(row.number, row.distance_m) for row in file.similar] == [(near.number, 27)]


def test_the_move_form_offers_departments_near_the_place_and_members_of_the_department(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    give = queries.form_of(town.actor("cora"), case.number, "give", app_now())
    assert give is not None
    assert {pk for pk, _name in give.holders} == {town.users["hal"].pk, town.users["cora"].pk}

    other = open_case(ANONYMOUS)
    assert queries.form_of(town.actor("cora"), other.number, "give", app_now()) is None


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_an_exported_cell_is_never_a_formula(town: World, sign: str) -> None:
    case = open_case(ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(source=f"{sign}cmd|' /C calc")
    Role.objects.filter(code="acceptor").update(rights=["cases.read", "cases.statistics"])
    client = Client()
    client.force_login(town.users["ada"])
    sheet = client.get("/desk/cases/?format=csv").getvalue().decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(sheet, newline="")))[1]
    assert cells[0] == case.number and f"'{sign}cmd|' /C calc" in cells
    assert not any(cell.startswith(DANGEROUS) for cell in cells)
