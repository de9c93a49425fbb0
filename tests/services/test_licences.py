"""A licence: issued with the decision, shown by a code that serves once, checked by anybody, revoked for a reason."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.demo_identity import demo_phone
from accounts.queries import presence_of_user
from accounts.rules import city_date
from cases import engine
from ledger.actions import redeem_due
from ledger.clock import app_now, shifted
from ledger.models import Document
from services import actions, queries, rules
from services.models import Licence, LicenceCheck
from tests.accounts.world import resident
from tests.services.world import RESTAURANT, SENIOR, SIGN, City, grant, licensed, to_decision

KEY = settings.KEYS.token


def _token(licence: Licence) -> str:
    return rules.show_token(licence.pk, now=app_now(), nonce=b"abcd", key=KEY)


def test_a_grant_issues_a_licence_with_a_number_of_the_series(city: City) -> None:
    first, second, other = licensed(city), licensed(city), licensed(city, SIGN)
    year = city_date(app_now()).year
    assert [one.number.split(".")[7] for one in (first, second, other)] == [
        f"{year}0000001", f"{year}0000002", f"{year}0000001",
    ]  # fmt: skip
    assert all(rules.number_fault(one.number) == "" for one in (first, second, other))
    assert first.person_id is not None and first.organisation_id is None and first.valid_until is None
    assert other.organisation_id is not None and other.valid_until == rules.last_day(other.valid_from, 24)
    assert {fact["label_en"]: fact["value_zh"] for fact in other.facts}["Form"] == "店招标牌"
    assert Document.objects.filter(kind="services.licence", object_id=str(first.pk)).count() == 1


def test_the_name_on_it_is_sealed_and_what_is_printed_shows_a_mask(city: City) -> None:
    answers = city.answers(SENIOR)
    case = city.apply(SENIOR, answers=answers)
    licence = grant(city, case)
    name = answers["elder"]["name"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM services_licence l")
        assert name not in cursor.fetchone()[0]
    printed = queries.licence_context(str(licence.pk), "zh-hans")
    assert printed["holder"].startswith(name[0]) and name not in json.dumps(printed, default=str, ensure_ascii=False)


def test_the_printed_licence_is_drawn_and_says_what_it_allows_and_until_when(city: City) -> None:
    licence = licensed(city, SIGN)
    redeem_due()
    path = queries.licence_pdf(city["resident"], licence.pk)
    assert path is not None
    text = "".join("".join(page.extract_text() for page in PdfReader(path).pages).split())
    for said in (licence.number, "店招标牌", "示例餐饮有限公司", str(licence.valid_until), "区行政审批服务局"):
        assert said in text, said


def test_a_licence_that_begins_in_the_past_is_refused_with_the_whole_decision(city: City) -> None:
    case = city.apply(SENIOR)
    with pytest.raises(ValidationError):
        grant(city, case, valid_from=city_date(app_now()) - timedelta(days=1))
    case.refresh_from_db()
    assert case.state == "deciding" and not Licence.objects.exists()


def test_a_shown_code_serves_once_and_tells_as_little_as_needed(city: City) -> None:
    answers = city.answers(SENIOR)
    licence = grant(city, city.apply(SENIOR, answers=answers))
    token = _token(licence)
    verdict = actions.check_by_token(token=token)
    assert (verdict.answer, verdict.holder) == ("valid", rules.hidden_name(answers["elder"]["name"]))
    assert answers["elder"]["id_number"] not in str(verdict) and answers["elder"]["phone"] not in str(verdict)
    assert actions.check_by_token(token=token).answer == "used"
    with shifted(timedelta(minutes=3)):
        assert actions.check_by_token(token=_token_of(licence, minutes=-3)).answer == "late"
    checks = queries.licence_card(city["resident"], licence.pk, app_now())
    assert checks is not None and [(row.way, row.answer) for row in checks.checks] == [("code", "valid")]
    assert {field.name for field in LicenceCheck._meta.get_fields()} == {
        "id", "licence", "at", "way", "answer", "code_hash",
    }, "nothing says who checked"  # fmt: skip


def _token_of(licence: Licence, *, minutes: int) -> str:
    return rules.show_token(licence.pk, now=app_now() + timedelta(minutes=minutes), nonce=b"efgh", key=KEY)


def test_a_forged_code_and_a_number_nobody_issued_read_the_same(city: City) -> None:
    licence = licensed(city)
    forged = rules.show_token(licence.pk, now=app_now(), nonce=b"abcd", key=b"x" * 32)
    unknown = rules.licence_number(
        rules.LicenceKind("11379999MB0000019A001", "11379999MB0000019A", "证", "Card", 0), year=2020, serial=9
    )
    for verdict in (
        actions.check_by_token(token=forged),
        actions.check_by_number(number=unknown, proof="王示例"),
        actions.check_by_number(number=licence.number, proof="别的人"),
        actions.check_by_number(number=licence.number, proof="000000"),
        actions.check_by_number(number=licence.number[:-1] + "?", proof="x"),
    ):
        assert (verdict.answer, verdict.number, verdict.holder) == ("unknown", "", "")
    assert not LicenceCheck.objects.exists()


def test_number_with_the_six_digits_or_the_name_is_enough(city: City) -> None:
    answers = city.answers(SENIOR)
    licence = grant(city, city.apply(SENIOR, answers=answers))
    digits = rules.digits_of(licence.pk, now=app_now(), key=KEY)
    assert actions.check_by_number(number=licence.number, proof=f"{digits[:3]} {digits[3:]}").answer == "valid"
    assert actions.check_by_number(number=licence.number, proof=digits).answer == "used"
    assert actions.check_by_number(number=licence.number, proof=answers["elder"]["name"]).answer == "valid"
    firm = licensed(city, RESTAURANT)
    found = actions.check_by_number(number=firm.number, proof="示例餐饮有限公司")
    assert (found.answer, found.holder) == ("valid", "示例餐饮有限公司")


def test_a_licence_past_its_last_day_is_expired_whoever_looks(city: City) -> None:
    licence = licensed(city, SIGN)
    with shifted(timedelta(days=2 * 366 + 5)):
        verdict = actions.check_by_token(token=_token(licence))
        assert (verdict.answer, verdict.facts) == ("expired", ())
        card = queries.licence_card(city["resident"], licence.pk, app_now())
        assert card is not None and card.row.state == "expired"


def test_a_revocation_is_named_reasoned_and_seen_at_once(city: City) -> None:
    licence = licensed(city, SIGN)
    for who, error in (("coordinator", engine.NoSuchCase), ("resident", engine.NoSuchCase)):
        with pytest.raises(error):
            actions.revoke_licence(actor=city[who], licence_id=licence.pk, reason="设施已拆除")
    with pytest.raises(ValidationError):
        actions.revoke_licence(actor=city["approver"], licence_id=licence.pk, reason=" ")
    actions.revoke_licence(actor=city["approver"], licence_id=licence.pk, reason="设施已拆除，申请注销")
    verdict = actions.check_by_token(token=_token(licence))
    assert verdict.answer == "revoked" and verdict.revoked_at is not None and verdict.facts == ()
    licence.refresh_from_db()
    assert licence.revoked_by_id == city["approver"].user_id
    card = queries.licence_card(city["resident"], licence.pk, app_now())
    assert card is not None and card.revoke_reason == "设施已拆除，申请注销"
    assert Document.objects.get(object_id=str(licence.pk)).revoked_at is not None
    with pytest.raises(ValidationError):
        actions.revoke_licence(actor=city["approver"], licence_id=licence.pk, reason="再次注销")


def test_the_database_itself_refuses_a_revocation_without_name_or_reason(city: City) -> None:
    licence = licensed(city)
    with pytest.raises(Exception, match="licence_revoked_by_somebody_for_a_reason"):
        Licence.objects.filter(pk=licence.pk).update(revoked_at=app_now())


def test_the_holder_alone_shows_it_and_a_preview_of_the_link_spends_nothing(city: City) -> None:
    licence = licensed(city)
    other = presence_of_user(resident(demo_phone(city.chance)), None).actor
    now = app_now()
    assert queries.licence_card(other, licence.pk, now) is None and queries.my_licences(other, now) == []
    assert [row.id for row in queries.my_licences(city["resident"], now)] == [licence.pk]
    browser, path = Client(), reverse("licence_verify_code", args=[_token(licence)])
    assert browser.get(path).status_code == 200 and not LicenceCheck.objects.exists()
    answer = browser.post(path)
    assert answer.status_code == 200 and "证照有效" in answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex"
    again = browser.post(path)
    assert again.status_code == 404 and "此码已被使用" in again.content.decode()


def test_two_decisions_at_once_draw_two_serials(city: City) -> None:
    for _turn in range(3):
        to_decision(city, city.apply(SENIOR))
    numbers = [licensed(city).number for _turn in range(3)]
    assert len(set(numbers)) == 3
