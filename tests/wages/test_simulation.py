"""A draft of the rules tried on reported months: what it says is what judging then does."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from cases.queries import simulation_page
from ledger.actions import cancel_job, move_edition, redeem_due, resume_job, simulations, start_simulation
from ledger.clock import app_now
from ledger.models import Edition, SimulationRow
from ledger.queries import SimulationCard, simulation_cards
from tests.wages.sheets import SEPTEMBER, bring_in, row, unpaid
from tests.wages.site import WAGE_RULES, Site, on, project, publish_rules
from wages import actions
from wages.models import MonthFigure, Project, WageWarning

DAY = date(2026, 11, 2)  # both rules may speak of September; August is long due
AUGUST = date(2026, 8, 1)
Key = tuple[int, date, str]


def months(site: Site) -> None:
    """One site pays nine of ten, one nobody, one everybody; the first was complete in August."""
    for code in ("W001", "W002", "W003"):
        project(code)
    rows = [row(n, worker=n, month=month) for n in range(1, 11) for month in (AUGUST, SEPTEMBER)]
    rows[-1] = unpaid(40, worker=10)
    rows += [unpaid(n, worker=n, code="W002") for n in range(1, 4)]
    rows += [row(n, worker=n, code="W003") for n in range(1, 6)]
    bring_in(rows, site["inspector"])


def draft(site: Site, **changes: dict[str, Any]) -> Edition:
    book = actions.draft_wage_rules(title="试算", actor=site["drafter"])
    for code, values in changes.items():
        whole = {"months": 0, "days": 0, "share": Decimal(100), **WAGE_RULES[code], **values}
        actions.save_wage_rule(edition_id=book.pk, code=code, values=whole, actor=site["drafter"])
    return book


def simulate(site: Site, book: Edition) -> SimulationCard:
    start_simulation(kind="wage-rules", number=book.number, scope="months", size=3, actor=site["drafter"])
    redeem_due()
    return simulation_cards("wage-rules", book.number)[0]


def said(card: SimulationCard) -> dict[Key, tuple[str, dict[str, Any]]]:
    rows = SimulationRow.objects.filter(run=card.id)
    found = {(r.data["project"], date.fromisoformat(r.data["month"]), r.data["rule"]): r for r in rows}
    return {key: (row_.verdict, row_.data["after"]) for key, row_ in found.items()}


def test_it_lists_what_would_open_what_not_and_what_would_change(site: Site) -> None:
    publish_rules(site)
    with on(DAY):
        months(site)
        book = draft(site, paid_share={"share": Decimal(85)}, no_payroll={"level": "yellow", "months": 2})
        card = simulate(site, book)
        page = simulation_page(site["chief"], card, verdict="", group=None, after="", limit=50)
    assert (card.state, card.done, card.counts) == ("done", 4, {"gone": 1, "level": 1, "figures": 1})
    assert card.tally == {"paid_share:yellow": [2, 1], "no_payroll:red": [1, 0], "no_payroll:yellow": [0, 1]}
    gone, level, figures = page.rows
    assert gone.told.subject == "示例工程W001 2026-09 · 未全员足额支付"
    assert (gone.told.before, gone.told.after) == ("黄色 · 10 人中 1 人未足额：90.0%，应达 100.0%", "未发现问题")
    assert gone.told.url.startswith("/desk/cases/")
    assert level.told.before.startswith("红色") and level.told.after.startswith("黄色")
    assert figures.told.after.endswith("应达 85.0%")


SHARES, WAITS = st.sampled_from(["50", "90", "95.5", "100"]), st.integers(0, 40)
RULES = st.fixed_dictionaries(
    {
        "no_payroll": st.fixed_dictionaries(
            {"level": st.sampled_from(["red", "yellow"]), "months": st.integers(0, 4)},
        ),
        "paid_share": st.fixed_dictionaries(
            {"level": st.sampled_from(["red", "yellow"]), "days": WAITS, "share": SHARES.map(Decimal)},
        ),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=RULES, new=RULES)
@example(
    old={"no_payroll": {"level": "red", "months": 4}, "paid_share": {"level": "red", "days": 0, "share": Decimal(50)}},
    new={"no_payroll": {"level": "red", "months": 2}, "paid_share": {"level": "red", "days": 0, "share": Decimal(100)}},
)  # one opens by each rule
def test_what_it_says_is_what_judging_does_once_the_draft_is_in_force(
    site: Site, old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]
) -> None:
    point = transaction.savepoint()
    try:
        publish_rules(site, **old)
        with on(DAY):
            months(site)
            _compare(site, draft(site, **new))
    finally:
        transaction.savepoint_rollback(point)


def _compare(site: Site, book: Edition) -> None:
    """Publish the draft, judge again, and compare each warning with what the simulation said of it."""
    before = _warnings()
    simulated = said(simulate(site, book))
    assert _warnings() == before, "a simulation only reads"
    _publish(site, book)
    for place in Project.objects.all():
        found = MonthFigure.objects.filter(project=place).values_list("month", flat=True)
        with transaction.atomic():
            actions.judging.ask_judgement(project_id=place.pk, months=found, key="again", now=app_now())
    redeem_due()
    after = _warnings()
    opened = {key: value for key, value in simulated.items() if value[0] == "opens"}
    assert after.keys() - before.keys() == opened.keys()
    for key, (figures, level, healed) in after.items():
        verdict, told = simulated.get(key, ("", {}))
        assert healed == (verdict == "gone"), key
        if verdict == "opens":
            assert (figures, level) == (told["figures"], told["level"])
        elif verdict in ("level", "figures"):
            assert (figures, level) == (told["figures"], before[key][1])
        else:
            assert (figures, level) == before[key][:2]


def _warnings() -> dict[Key, tuple[Any, str, bool]]:
    found = WageWarning.objects.all()
    return {(w.project_id, w.month, w.rule): (w.now_figures, w.level, w.healed_at is not None) for w in found}


def _publish(site: Site, book: Edition) -> None:
    book.refresh_from_db()
    move_edition(kind=book.kind, number=book.number, move="approve", version=book.version, actor=site["chief"])
    move_edition(kind=book.kind, number=book.number, move="publish", actor=site["chief"])


def test_stopped_it_goes_on_where_it_was_and_finds_everything_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wages.queries.simulation.BATCH", 1)
    monkeypatch.setattr(simulations, "PIECE_SECONDS", 0.0)
    publish_rules(site)
    with on(DAY):
        months(site)
        book = draft(site, paid_share={"share": Decimal(50)})
        start_simulation(kind=book.kind, number=book.number, scope="months", size=3, actor=site["drafter"])
        card = simulation_cards(book.kind, book.number)[0]
        cancel_job(job_id=card.job_id, actor=site["drafter"])
        redeem_due()
        assert simulation_cards(book.kind, book.number)[0].resumable
        resume_job(job_id=card.job_id, actor=site["drafter"])
        redeem_due()
        card = simulation_cards(book.kind, book.number)[0]
    assert (card.state, card.done, card.counts) == ("done", 4, {"gone": 1, "figures": 1})
    assert SimulationRow.objects.filter(run=card.id).count() == 2


def test_it_is_begun_on_the_screens_of_the_edition_and_a_rule_leads_back_to_its_draft(site: Site) -> None:
    publish_rules(site)
    with on(DAY):
        months(site)
        book = draft(site)
        client = Client()
        client.force_login(User.objects.get(username="drafter"))
        rule = f"/desk/wages/rules/{book.pk}/paid_share/"
        assert f"/desk/editions/wage-rules/{book.number}/" in client.get(rule).content.decode()
        values = {"level": "red", "months": "0", "days": "0", "share": "80", "clause_zh": "条", "clause_en": "Art."}
        saved = client.post(rule, values)
        assert (saved.status_code, saved["Location"]) == (302, f"/desk/editions/wage-rules/{book.number}/")
        begun = client.post(f"/desk/editions/wage-rules/{book.number}/simulations/start/", {"size": "months:3"})
        redeem_due()
        page = client.get(begun["Location"]).content.decode()
        in_force = Edition.objects.exclude(pk=book.pk).get(kind="wage-rules")
        assert client.get(f"/desk/wages/rules/{in_force.pk}/paid_share/").status_code == 404
    assert "将不再产生预警" in page and "未全员足额支付 · 黄色" in page
