"""My tasks: by clock, then by distance; and nobody else's."""

from events import queries
from ledger.actors import ANONYMOUS
from tests.events import drive
from tests.events import town as builders
from tests.events.town import HERE, Town


def test_a_worker_sees_the_checks_of_the_own_grid(town: Town) -> None:
    case_id = drive.checking(town)
    tasks = queries.my_tasks(town["worker"])
    assert [(task.case_id, task.step, task.mine) for task in tasks] == [(case_id, "check", True)]
    assert queries.my_tasks(town["sweeper"]) == []


def test_the_nearer_task_comes_first_when_the_limits_are_alike(town: Town) -> None:
    far = drive.checking(town, lon=HERE[0] + 0.004)
    near = drive.checking(town)
    tasks = queries.my_tasks(town["worker"], lon=HERE[0], lat=HERE[1])
    assert [task.case_id for task in tasks] == [near, far]
    assert tasks[0].metres == 0
    assert tasks[1].metres is not None and 340 < tasks[1].metres < 380


def test_the_earlier_limit_comes_first_whatever_the_distance(town: Town) -> None:
    near = drive.assigned(town, number=4)
    urgent = drive.assigned(town, number=1, lon=HERE[0] + 0.004)
    tasks = queries.my_tasks(town["handler"], lon=HERE[0], lat=HERE[1])
    assert [task.case_id for task in tasks] == [urgent, near]


def test_a_handler_sees_what_stands_free_at_the_own_department(town: Town) -> None:
    case_id = drive.dispatched(town)
    assert [(task.case_id, task.mine) for task in queries.my_tasks(town["handler"])] == [(case_id, False)]


def test_who_is_no_member_has_no_tasks(town: Town) -> None:
    drive.checking(town)
    assert queries.my_tasks(ANONYMOUS) == []


def test_the_list_is_one_statement(town: Town, django_assert_num_queries: object) -> None:
    drive.checking(town)
    drive.checking(town)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(queries.my_tasks(town["worker"], lon=HERE[0], lat=HERE[1])) == 2


def test_a_task_shows_what_a_card_needs(town: Town) -> None:
    drive.checking(town)
    task = queries.my_tasks(town["worker"])[0]
    assert (task.title, task.step_zh, task.state_en, task.urgent) == ("上水井盖", "现场核查", "Being checked", True)
    assert task.due_at is not None
    assert task.assignment_id == builders.step(task.case_id, "check").pk
