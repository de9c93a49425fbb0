"""One clock, read once per action; nothing waits in a broker (design: How a case travels; reliability R7, R8)."""

import ast
import re

import pytest
from celery import current_app

from tests.architecture.tree import Module, calls, dotted_name, modules, texts

CLOCKS = re.compile(
    r"(^|\.)(timezone\.(now|localtime|localdate)|datetime\.(now|utcnow|today)|date\.today|functions\.Now)$|^Now$|^time\.time$"
)
SQL_CLOCK = re.compile(r"\b(now|clock_timestamp|statement_timestamp)\(\)|\bcurrent_(date|timestamp)\b", re.IGNORECASE)
RUNS_BEFORE_DJANGO = "govplatform/runtime/"


def clockless() -> list[Module]:
    return [
        module
        for module in modules()
        if module.dotted != "ledger.clock" and not str(module.path).startswith(RUNS_BEFORE_DJANGO)
    ]


def test_nobody_reads_another_clock() -> None:
    # localtime(value) converts a value and is fine; without an argument it reads the clock
    wrong = [
        f"{module.at(call)} {dotted_name(call.func)}"
        for module in clockless()
        for call in calls(module)
        if CLOCKS.search(dotted_name(call.func)) and not (call.args and "local" in dotted_name(call.func))
    ]
    assert not wrong, wrong


def test_no_column_fills_itself_with_a_clock() -> None:
    wrong = [
        module.at(call)
        for module in modules(migrations=True)
        for call in calls(module)
        if any(keyword.arg in ("auto_now", "auto_now_add") for keyword in call.keywords)
    ]
    assert not wrong, wrong


def test_no_sql_reads_another_clock() -> None:
    # leases alone go by the machine's clock: moving the clock of a demo must not free what a process holds
    wrong = [
        module.at(text)
        for module in clockless()
        for text in texts(module)
        if SQL_CLOCK.search(re.sub(r"app_now\(\)", "", str(text.value))) and "lease" not in str(text.value)
    ]
    assert not wrong, wrong


def test_no_message_waits_in_the_broker() -> None:
    wrong = [
        module.at(call)
        for module in modules()
        for call in calls(module)
        if any(keyword.arg in ("countdown", "eta") for keyword in call.keywords)
    ]
    assert not wrong, wrong


def test_there_is_one_celery_task() -> None:
    declared = [
        f"{module.dotted}.{node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if re.search(r"(shared_task|\.task)\b", ast.unparse(decorator))
    ]
    assert declared == ["ledger.tasks.run_promises"]


def test_the_worker_knows_that_task_only() -> None:
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert ours == {"ledger.tasks.run_promises"}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("task_ignore_result", True),
        ("result_backend", None),
        ("accept_content", ["json"]),
    ],
)
def test_celery_keeps_the_option_that_a_crash_needs(option: str, value: object) -> None:
    assert current_app.conf[option] == value


def test_lost_work_returns_within_seconds_and_after_its_time_limit() -> None:
    transport = current_app.conf.broker_transport_options
    assert transport["unacked_restore_interval"] <= 5
    assert transport["unacked_restore_throttle"] == 1
    assert current_app.conf.task_soft_time_limit < current_app.conf.task_time_limit < transport["visibility_timeout"]
