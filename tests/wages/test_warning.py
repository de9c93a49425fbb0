"""A finding opens one warning, goes to the inspectorate, and a person handles it: verify, hear, order, prove, close."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from cases.actions import move_case
from cases.engine import Applied, CaseMoved, NoSuchCase, NotPermitted
from cases.models import Assignment, Case, Clock, HistoryEntry
from ledger.actions import redeem_held, store_photo
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.promises import held
from tests.wages.sheets import bring_in, off_the_list, row, unpaid
from tests.wages.site import Site, on, project, publish_rules
from wages import actions, queries
from wages.models import MonthFigure, WageWarning

AFTER = date(2026, 10, 22)  # after the pay date of September
SECOND_MONTH = date(2026, 11, 2)


def photo(actor: Actor) -> UUID:
    out = BytesIO()
    Image.new("RGB", (64, 48), (90, 20, 20)).save(out, "JPEG")
    return store_photo(data=out.getvalue(), actor=actor, staff=True, now=app_now()).file.pk


def raised(site: Site) -> Case:
    """Twelve workers, two of them unpaid in September: a warning with the inspector."""
    publish_rules(site)
    project()
    with on(AFTER):
        bring_in(
            [*(row(n, worker=n) for n in range(1, 11)), unpaid(11, worker=11), unpaid(12, worker=12)], site["inspector"]
        )
    return Case.objects.get(kind="wage_warning")


def move(case: Case, name: str, actor: Actor, note: str = "示例说明") -> Applied:
    version = Case.objects.get(pk=case.pk).version
    return move_case(number=case.number, transition=name, actor=actor, expected_version=version, note=note)


def ordered(site: Site) -> Case:
    case = raised(site)
    for name in ("confirm", "hear"):
        move(case, name, site["inspector"])
    actions.order_payment(
        actor=site["inspector"], case_id=case.pk, expected_version=Case.objects.get(pk=case.pk).version,
        amount=Decimal(15600), pay_until=date(2026, 11, 10), reason="两人九月工资未付",
    )  # fmt: skip
    return case


def paid(site: Site, case: Case) -> None:
    actions.record_payment(
        actor=site["inspector"], case_id=case.pk, expected_version=Case.objects.get(pk=case.pk).version,
        amount=Decimal(15600), photos=[photo(site["inspector"])], note="银行回单两份，本人已核对",
    )  # fmt: skip


def test_a_finding_opens_one_warning_with_its_arithmetic_at_the_inspectorate(site: Site) -> None:
    case = raised(site)
    warning = WageWarning.objects.get()
    assert (warning.rule, warning.level, warning.month) == ("paid_share", "yellow", date(2026, 9, 1))
    # 10 of 12: 83.3 %; 2 × 7,800 owed
    assert (warning.figures["missing"], warning.figures["share"], warning.figures["owed"]) == (2, "83.3", "15600.00")
    step = Assignment.objects.get(case=case, open=True)
    assert (step.step_key, step.department, step.role) == ("handle", site.departments["rs"], "lead")
    assert case.state == "to_verify"
    assert [e.transition for e in HistoryEntry.objects.filter(case=case).order_by("sequence")] == ["open", "assign"]


def test_the_same_month_and_rule_have_one_warning_however_often_sheets_come(site: Site) -> None:
    raised(site)
    with on(AFTER):
        bring_in([unpaid(10, worker=10)], site["inspector"])
    assert WageWarning.objects.count() == 1
    assert WageWarning.objects.get().now_figures["missing"] == 3
    assert WageWarning.objects.get().figures["missing"] == 2  # what was found first stays


def test_a_sheet_that_heals_it_proposes_closing_and_the_inspector_closes(site: Site) -> None:
    case = raised(site)
    with on(AFTER):
        bring_in([row(11, worker=11), row(12, worker=12)], site["inspector"])
    case.refresh_from_db()
    assert case.state == "to_verify" and not case.closed  # the machine only proposes
    assert HistoryEntry.objects.filter(case=case).latest("sequence").transition == "propose_closing"
    move(case, "close", site["inspector"])
    assert Case.objects.get(pk=case.pk).state == "closed"


def test_a_closed_warning_comes_back_to_who_had_it_when_the_sheet_breaks_again(site: Site) -> None:
    case = raised(site)
    with on(AFTER):
        bring_in([row(11, worker=11), row(12, worker=12)], site["inspector"])
        move(case, "close", site["inspector"])
        bring_in([unpaid(12, worker=12)], site["inspector"])
    case.refresh_from_db()
    assert (case.state, case.closed) == ("to_verify", False)
    assert Assignment.objects.get(case=case, open=True).department == site.departments["rs"]
    assert WageWarning.objects.count() == 1


def test_it_cannot_be_closed_while_the_finding_stands_and_nothing_is_proven(site: Site) -> None:
    case = raised(site)
    with pytest.raises(ValidationError):
        move(case, "close", site["inspector"])
    assert Case.objects.get(pk=case.pk).state == "to_verify"


def test_no_order_without_hearing_the_firm(site: Site) -> None:
    case = raised(site)
    move(case, "confirm", site["inspector"])
    version = Case.objects.get(pk=case.pk).version
    with pytest.raises(CaseMoved):
        actions.order_payment(
            actor=site["inspector"], case_id=case.pk, expected_version=version, amount=Decimal(1),
            pay_until=date(2026, 12, 1), reason="x",
        )  # fmt: skip
    assert WageWarning.objects.get().ordered_on is None


def test_an_order_starts_its_limit_and_the_proof_of_payment_ends_it(site: Site) -> None:
    with on(AFTER):
        case = ordered(site)
        warning = WageWarning.objects.get()
        assert (warning.ordered_on, warning.pay_until, warning.ordered_amount) == (AFTER, date(2026, 11, 10), 15600)
        clock = Clock.objects.get(case=case, stage="pay")
        assert clock.due_at is not None
        end = datetime(2026, 11, 10, 15, 59, tzinfo=UTC)  # 23:59 in the city
        assert abs(clock.due_at - end) < timedelta(seconds=1)
        paid(site, case)
        assert Case.objects.get(pk=case.pk).state == "paid"
        assert Clock.objects.get(case=case, stage="pay").stopped_at is not None
        move(case, "close", site["inspector"])
    assert Case.objects.get(pk=case.pk).outcome == "closed"


def test_payment_without_a_photo_is_refused(site: Site) -> None:
    with on(AFTER):
        case = ordered(site)
        with pytest.raises(ValidationError) as refused:
            actions.record_payment(
                actor=site["inspector"], case_id=case.pk, expected_version=Case.objects.get(pk=case.pk).version,
                amount=Decimal(15600), photos=[], note="口头",
            )  # fmt: skip
    assert "photo" in str(refused.value.message_dict)
    assert WageWarning.objects.get().paid_amount is None


def test_an_order_that_is_not_obeyed_goes_up_only_after_its_day(site: Site) -> None:
    with on(AFTER):
        case = ordered(site)
    with on(date(2026, 11, 10)), pytest.raises(ValidationError):
        move(case, "escalate", site["inspector"])
    with on(date(2026, 11, 11)):
        move(case, "escalate", site["inspector"])
        step = Assignment.objects.get(case=case, step_key="decide", open=True)
        assert step.department == site.departments["rs-city"]
        move(case, "investigate", site["above"])
    assert Case.objects.get(pk=case.pk).state == "investigated"


def test_nobody_but_the_inspectorate_handles_it(site: Site) -> None:
    case = raised(site)
    with pytest.raises((NotPermitted, NoSuchCase)):
        move(case, "confirm", site["sweeper"])
    assert Case.objects.get(pk=case.pk).state == "to_verify"


def test_time_alone_finds_what_was_not_paid(site: Site) -> None:
    publish_rules(site)
    project()
    with on(date(2026, 10, 10)):
        bring_in([off_the_list(n, worker=n) for n in range(1, 13)], site["inspector"])
    assert not WageWarning.objects.exists()
    with on(SECOND_MONTH), held() as promised:
        actions.judge_due(now=app_now())
        redeem_held(ids=promised)
    assert sorted(WageWarning.objects.values_list("rule", "level")) == [("no_payroll", "red"), ("paid_share", "yellow")]


def test_without_rules_in_force_nothing_is_found(site: Site) -> None:
    project()
    with on(AFTER):
        bring_in([unpaid(1, worker=1)], site["inspector"])
    assert MonthFigure.objects.get().attending == 1
    assert not WageWarning.objects.exists()


def test_the_public_reads_of_it_only_after_an_official_confirmed_it(site: Site) -> None:
    with on(AFTER):
        case = raised(site)
        page = queries.public_project("W001")
        assert page is not None and page.acts == () and page.project.level == ""
        move(case, "confirm", site["inspector"])
        page = queries.public_project("W001")
        assert page is not None and page.project.level == "yellow"
        assert [act.name_zh for act in page.acts] == ["核实属实"]
        move(case, "clear", site["inspector"])
        page = queries.public_project("W001")
        assert page is not None and page.acts == () and page.project.level == ""


def test_the_public_reads_the_order_with_entity_authority_amount_and_day_and_no_word_of_the_file(site: Site) -> None:
    with on(AFTER):
        ordered(site)
        page = queries.public_project("W001")
    assert page is not None
    (decision,) = page.decisions
    assert (decision.entity, decision.amount, decision.pay_until) == ("示例建工W001", 15600, date(2026, 11, 10))
    assert decision.authority_zh == "rs（示意）"
    assert "示例说明" not in repr(page) and "两人九月" not in repr(page) and "王示" not in repr(page)
