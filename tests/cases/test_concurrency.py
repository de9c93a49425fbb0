"""Two connections at once: real commits, real locks."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections

from cases import actions, engine, queries
from cases.models import Assignment, Case, HistoryEntry
from ledger.actors import ANONYMOUS
from tests.cases import world
from tests.cases.world import World, open_case, step, to_joint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None) -> Iterator[World]:
    yield world.build()


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread with a connection of its own, all released together; answers or exceptions in order."""
    answers: list[object] = [None] * len(works)
    barrier = threading.Barrier(len(works))

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait()
            answers[number] = work()
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_two_claims_one_wins_and_the_loser_learns_who(town: World) -> None:
    intake = step(open_case(ANONYMOUS), "intake")

    def claim(name: str) -> Callable[[], object]:
        return lambda: actions.claim(assignment_id=intake.pk, actor=town.actor(name), expected_version=intake.version)

    answers = at_once(claim("ada"), claim("bo"))
    lost = [answer for answer in answers if isinstance(answer, engine.CaseMoved)]
    won = [answer for answer in answers if isinstance(answer, Assignment)]
    assert len(won) == len(lost) == 1
    intake.refresh_from_db()
    winner = {town.users["ada"].pk: "ada", town.users["bo"].pk: "bo"}[intake.holder_id or 0]
    assert lost[0].by == winner
    assert HistoryEntry.objects.filter(transition="claim").count() == 1


def test_the_same_form_sent_ten_times_at_once_opens_one_case(town: World) -> None:
    def submit() -> object:
        return open_case(ANONYMOUS, submission_key="pressed-ten-times", body={"a": 1}).number

    answers = at_once(*[submit] * 10)
    assert len(set(map(str, answers))) == 1 and not isinstance(answers[0], Exception)
    assert Case.objects.count() == 1


def test_the_first_cases_of_a_day_get_numbers_of_their_own(town: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'S' AND relname LIKE 'case_serial_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP SEQUENCE "{name}"')
    answers = at_once(*[lambda: open_case(ANONYMOUS).number] * 6)
    assert len(set(map(str, answers))) == 6
    assert sorted(str(number)[-5:] for number in answers) == [f"{n:05d}" for n in range(1, 7)]


def test_two_moves_of_the_same_page_leave_one_history_line(town: World) -> None:
    case = open_case(ANONYMOUS)

    def begin(name: str) -> Callable[[], object]:
        return lambda: actions.move_case(
            number=case.number, transition="begin", actor=town.actor(name), expected_version=case.version
        )

    answers = at_once(begin("ada"), begin("bo"))
    assert sum(isinstance(answer, engine.CaseMoved) for answer in answers) == 1
    assert HistoryEntry.objects.filter(case=case, transition="begin").count() == 1


def test_parallel_steps_finished_at_once_both_count_and_carry_on_once(town: World) -> None:
    case = open_case(ANONYMOUS)
    world.move(case, "begin", town.actor("ada"))
    site, paper = step(case, "site"), step(case, "paper")
    facts = {"result": {"safe": True, "remark": "dry"}}

    answers = at_once(
        lambda: actions.move_case(number=case.number, transition="site_done", actor=town.actor("hal"),
                                  expected_version=site.version, assignment_id=site.pk, data=facts),
        lambda: actions.move_case(number=case.number, transition="paper_done", actor=town.actor("olga"),
                                  expected_version=paper.version, assignment_id=paper.pk),
    )  # fmt: skip
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    case.refresh_from_db()
    assert case.state == "deciding"
    assert HistoryEntry.objects.filter(case=case, transition="examined").count() == 1


def test_moves_comments_claims_and_children_in_any_order_do_not_lock_each_other_out(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS), assist_ids=(town.id("office"),))
    lead, assist = step(case, "joint", "lead"), step(case, "joint", "assist")
    number = case.number

    def comments() -> None:
        for n in range(5):
            actions.comment(number=number, actor=town.actor("chief"), text=f"note {n}")

    def children() -> None:
        for _ in range(5):
            open_case(town.actor("hal"), parent_id=case.pk, closing_rule="none")

    answers = at_once(
        comments,
        children,
        lambda: actions.claim(assignment_id=lead.pk, actor=town.actor("hal"), expected_version=lead.version),
        lambda: actions.claim(assignment_id=assist.pk, actor=town.actor("olga"), expected_version=assist.version),
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    for check in (queries.invariant_i1, queries.invariant_i2, queries.invariant_i3, queries.invariant_i8):
        assert check() == []
