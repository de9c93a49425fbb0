"""Claims: filed by anybody, followed by token, closed with a reason; and a worker's answer on his own line."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import create_person
from accounts.models import User
from accounts.queries import presence_of_user
from cases.actions import move_case, reply, withdraw
from cases.engine import SubmissionConflict
from cases.models import Assignment, Case
from cases.queries import bearer, tracking
from ledger.actions import redeem_held
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now
from ledger.promises import held
from ledger.sealed import blind_index
from tests.wages.sheets import SEPTEMBER, bring_in, row, unpaid
from tests.wages.site import Site, on, project, publish_rules
from wages import actions, queries
from wages.models import MonthFigure, PayLine, WageClaim

DAY = date(2026, 10, 22)
CONTACT = actions.Contact("王示例", "16100123456")


def claim(**more: Any) -> actions.Claim:
    values: dict[str, Any] = {"project": "W001", "first": SEPTEMBER, "last": SEPTEMBER, "amount": Decimal(7800)}
    return actions.Claim(**{**values, **more})


def file(key: str = "claim-1", actor: Actor = ANONYMOUS, **more: Any) -> actions.Receipt:
    """Filed and routed."""
    options = {name: more.pop(name) for name in ("contact", "network") if name in more}
    with held() as promised:
        receipt = actions.file_claim(actor=actor, claim=claim(**more), submission_key=key, **options)
        redeem_held(ids=promised)
    return receipt


def worker(phone: str) -> Actor:
    """A resident who has proven to hold a phone."""
    person = create_person(
        phone=phone,
        source="resident",
        purpose="sign_in",
        basis="x",
        expires=date(2036, 1, 1),
        now=app_now(),
        notice="sign_in/1",
    )
    user = User.objects.create(username=f"resident-{phone}", person=person)
    return presence_of_user(user, None).actor


@pytest.fixture
def filed(site: Site) -> actions.Receipt:
    publish_rules(site)
    project()
    with on(DAY):
        return file(contact=CONTACT, description="九月工资没有发")


def test_a_claim_reaches_the_inspectorate_of_the_project(site: Site, filed: actions.Receipt) -> None:
    case = Case.objects.get(pk=filed.case_id)
    assert (case.state, case.path) == ("to_accept", "/3709/370902/")
    assert Assignment.objects.get(case=case, open=True).department == site.departments["rs"]
    assert WageClaim.objects.get().project == project_of("W001")


def project_of(code: str) -> Any:
    return WageClaim.objects.get(project__code=code).project


def test_from_claim_to_closure_followed_by_token(site: Site, filed: actions.Receipt) -> None:
    found = bearer(filed.token)
    assert found is not None and found[0] == filed.case_id
    case, (_id, actor) = Case.objects.get(pk=filed.case_id), found
    reply(actor=actor, case_id=filed.case_id, text="我有考勤记录")
    for name, note in (("accept", ""), ("urge_payment", "内部说明"), ("settle", "已补发九月工资 7,800 元")):
        version = Case.objects.get(pk=case.pk).version
        move_case(number=case.number, transition=name, actor=site["inspector"], expected_version=version, note=note)
    page = tracking(filed.token, now=app_now())
    assert page is not None
    assert (page.kind, page.closed, page.state_zh) == ("wage_claim", True, "已支付，办结")
    notes = [step.note for step in page.steps]
    assert "已补发九月工资 7,800 元" in notes and "我有考勤记录" in notes
    assert "内部说明" not in repr(page)  # what colleagues tell each other stays inside
    assert page.may_reply is False and page.may_withdraw is False


def test_a_claimant_may_withdraw(site: Site, filed: actions.Receipt) -> None:
    found = bearer(filed.token)
    assert found is not None
    number = Case.objects.get(pk=filed.case_id).number
    with pytest.raises(ValidationError):
        withdraw(number=number, actor=found[1], reason=" ")
    withdraw(number=number, actor=found[1], reason="已经收到")
    assert Case.objects.get(pk=filed.case_id).state == "withdrawn"


def test_the_same_form_twice_is_one_claim_and_another_body_is_refused(site: Site) -> None:
    project()
    with on(DAY):
        first, again = file(), file()
        assert (again.case_id, again.token, again.replayed) == (first.case_id, first.token, True)
        with pytest.raises(SubmissionConflict):
            file(amount=Decimal(1))
    assert WageClaim.objects.count() == 1


def test_who_claims_is_in_no_title_answer_or_history(site: Site, filed: actions.Receipt) -> None:
    case = Case.objects.get(pk=filed.case_id)
    told = f"{case.title}{case.answers}{list(case.history.values())}"
    assert "王示例" not in told and "16100" not in told and "没有发" not in told
    assert case.person is not None and str(case.person.phone) == "161****3456"
    detail = queries.claim_detail(case.pk, site["sweeper"])
    assert detail is not None and detail.contact is None
    known = queries.claim_detail(case.pk, site["inspector"])
    assert known is not None and known.contact == ("王**", "161****3456")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"project": "W999"}, "project"),
        ({"project": "", "employer": ""}, "employer"),
        ({"last": date(2026, 8, 1)}, "last"),
        ({"first": date(2026, 12, 1), "last": date(2026, 12, 1)}, "last"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"people": 0}, "people"),
        ({"matter": "nothing"}, "matter"),
        ({"description": "长" * 2001}, "description"),
    ],
)
def test_a_wrong_claim_names_its_field_and_leaves_nothing(site: Site, change: dict[str, Any], field: str) -> None:
    project()
    with on(DAY), pytest.raises(ValidationError) as refused:
        file(**change)
    assert set(refused.value.message_dict) == {field}
    assert not Case.objects.exists()


def test_a_claim_without_project_stands_in_the_city_and_an_old_one_is_not_refused(site: Site) -> None:
    with on(DAY):
        receipt = file(project="", employer="示例劳务队", first=date(2023, 1, 1), last=date(2023, 2, 1))
    case = Case.objects.get(pk=receipt.case_id)
    assert case.path == "/3709/"
    detail = queries.claim_detail(case.pk, site["inspector"])
    assert detail is not None and detail.old is True


def test_a_flood_from_one_phone_is_refused_without_a_case(site: Site) -> None:
    project()
    with on(DAY):
        for number in range(5):
            file(f"key-{number}", contact=CONTACT)
        with pytest.raises(ValidationError, match=r"hour|小时"):
            file("key-6", contact=CONTACT)
    assert Case.objects.count() == 5


def test_a_worker_sees_the_own_lines_and_says_yes_or_no(site: Site) -> None:
    publish_rules(site)
    project()
    with on(DAY):
        bring_in([row(1, worker=1), unpaid(2, worker=2)], site["inspector"])
        first, second = worker("16100000001"), worker("16100000002")
        (mine,) = queries.my_wages(first).lines
        actions.confirm_line(actor=first, line_id=mine.id, month=mine.month)
        (other,) = queries.my_wages(second).lines
        with held() as promised:
            receipt = actions.dispute_line(
                actor=second, line_id=other.id, month=other.month, matter="not_paid", amount=Decimal(7800),
                text="没有收到",
                submission_key="d-1",
            )  # fmt: skip
            redeem_held(ids=promised)
        (after,) = queries.my_wages(second).lines
    figure = MonthFigure.objects.get()
    assert (figure.confirmed, figure.disputed) == (1, 1)
    case = Case.objects.get(pk=receipt.case_id)
    assert (after.answer, after.claim, str(case.person_id)) == ("disputed", case.number, second.id)
    assert case.state == "to_accept"
    assert WageClaim.objects.get().line == other.id


def test_nobody_answers_for_another(site: Site) -> None:
    project()
    with on(DAY):
        bring_in([row(1, worker=1), row(2, worker=2)], site["inspector"])
        first = worker("16100000001")
        foreign = PayLine.objects.get(worker__person__phone_index=blind_index("phone", "16100000002"))
        for actor in (first, ANONYMOUS, site["inspector"]):
            with pytest.raises(PermissionDenied):
                actions.confirm_line(actor=actor, line_id=foreign.pk, month=foreign.month)
    assert not PayLine.objects.exclude(answer="").exists()


def test_a_phone_of_two_identities_opens_nothing(site: Site) -> None:
    project("W001")
    project("W002")
    with on(DAY):
        bring_in([row(1, worker=1)], site["inspector"])
        bring_in([row(1, worker=9, code="W002", phone="16100000001")], site["inspector"])
        found = queries.my_wages(worker("16100000001"))
    assert (found.why, found.lines) == ("several", ())


def test_another_amount_forgets_the_answer(site: Site) -> None:
    project()
    with on(DAY):
        bring_in([row(1, worker=1)], site["inspector"])
        me = worker("16100000001")
        (line,) = queries.my_wages(me).lines
        actions.confirm_line(actor=me, line_id=line.id, month=line.month)
        bring_in([row(1, worker=1)], site["inspector"])
        assert queries.my_wages(me).lines[0].answer == "confirmed"
        bring_in([row(1, worker=1, due=Decimal(9000))], site["inspector"])
    assert queries.my_wages(me).lines[0].answer == ""
    assert MonthFigure.objects.get().confirmed == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rosters=st.lists(
        st.tuples(st.sampled_from(["W001", "W002"]), st.integers(1, 5), st.integers(7, 9)),
        min_size=1,
        max_size=12,
        unique=True,
    ),
    reader=st.integers(1, 6),
)
def test_whatever_the_sheets_a_worker_reads_only_lines_of_the_own_number(
    site: Site, rosters: list[tuple[str, int, int]], reader: int
) -> None:
    """Property: lines shown are exactly those whose roster has the reader's phone, which here means the own number."""
    for code in ("W001", "W002"):
        if not MonthFigure.objects.filter(project__code=code).exists() and not _there(code):
            project(code)
    PayLine.objects.all().delete()
    rows = [
        row(n, worker=who, code=code, month=date(2026, month, 1)) for n, (code, who, month) in enumerate(rosters, 2)
    ]
    with on(DAY):
        bring_in(rows, site["above"])
        phone = f"16100{reader:06d}"
        user = User.objects.filter(username=f"resident-{phone}").first()
        actor = presence_of_user(user, None).actor if user else worker(phone)
        shown = {(line.project_code, line.month.month) for line in queries.my_wages(actor).lines}
    assert shown == {(code, month) for code, who, month in rosters if who == reader}


def _there(code: str) -> bool:
    return queries.public_project(code) is not None
