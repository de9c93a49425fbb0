"""A case somebody is working on while the boundaries change: nobody waits for it, and it follows at the end."""

import threading
import time
from pathlib import Path

import pytest
from django.db import connections, transaction

from cases.actions.following import regrid_step
from cases.models import Case, HistoryEntry
from grids import actions
from grids.models import Grid
from ledger.actions import JobView, StepResult, install_test_clock
from ledger.ids import uuid7
from tests.grids.test_zoning_effect import case_in
from tests.grids.zoning_world import S04, VILLAGE, across, actor_of, edit, person_with, state

pytestmark = pytest.mark.django_db(transaction=True)
S03 = f"{VILLAGE}S03"
PATIENCE = 30.0  # seconds


def grids_of(*cases: Case) -> list[str]:
    codes = dict(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("pk", "grid__code"))
    return [str(codes[case.pk]) for case in cases]


def test_what_somebody_works_on_is_passed_over_and_follows_when_it_is_free(town: Path) -> None:
    install_test_clock()
    clerk = actor_of(person_with("registrar", "grids.edit"))
    draft = actions.begin_draft(village=VILLAGE, scheme="service", title="切分", actor=clerk)
    edit(draft, clerk, "split", grid=S04, line=across(state(draft, clerk), S04))
    busy, idle = (case_in(draft, clerk, S03, key) for key in ("busy", "idle"))
    # as if the boundary had been elsewhere when they were reported
    Case.objects.update(grid=Grid.objects.get(code=S04))
    reached: list[StepResult] = []

    def work() -> None:
        try:
            reached.append(regrid_step(JobView(uuid7(), "cases.regrid", {"draft": draft}, 0, {}, 0, 0), PATIENCE))
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=busy.pk)
        worker.start()
        ends = time.monotonic() + PATIENCE
        while grids_of(idle) != [S03] and time.monotonic() < ends:
            pass
        assert grids_of(busy, idle) == [S04, S03]
    worker.join(PATIENCE)
    assert grids_of(busy, idle) == [S03, S03]
    assert reached == [StepResult({"after": max(busy.pk, idle.pk), "late": []}, 2, 2, finished=True)]
    assert HistoryEntry.objects.filter(transition="regrid").count() == 2
