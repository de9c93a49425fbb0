"""Notice → channel → delivery: once, in the reader's language, out of the house by promise only."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts import checks, gateways
from accounts.actions import create_person, erase_person, notify, prepare_delivery
from accounts.actions.outbox import hand_over
from accounts.models import Delivery, Notice, Person, StandInMessage
from ledger.actions import redeem
from ledger.clock import app_now
from ledger.models import AccessEntry, Promise
from tests.accounts.world import City, acting, browser, resident, user

NUMBER = "3709022026030100001"


def tell(**whom: object) -> None:
    values = {"kind": "case.arrived", "key": "k", "data": {"number": NUMBER}, "now": app_now(), **whom}
    notify(**values)  # type: ignore[arg-type]


def run_promises() -> None:
    redeem(list(Promise.objects.values_list("pk", flat=True)))


def test_telling_many_in_the_house_takes_one_statement(town: City) -> None:
    people = [user().pk for _ in range(20)]
    now = app_now()
    with CaptureQueriesContext(
        connection,
    ) as statements:
        notify(kind="case.arrived", key="k", data={"number": NUMBER}, user_ids=people, now=now)
    assert len(statements) == 1
    assert Notice.objects.count() == Delivery.objects.filter(channel="in_app", state="sent").count() == 20
    assert not Promise.objects.exists()


def test_the_same_key_tells_once(town: City) -> None:
    for _ in range(3):
        tell(user_ids=[town.system.pk], channels=("in_app", "email"))
    assert Notice.objects.count() == 1
    assert Promise.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_telling_belongs_into_the_transaction_of_the_fact() -> None:
    with pytest.raises(TransactionManagementError):
        tell(user_ids=[1])


def test_an_sms_to_a_person_goes_out_once_and_the_look_at_the_phone_is_logged(town: City) -> None:
    someone = resident("16100000321")
    tell(person_id=someone.person_id, channels=("in_app", "sms"))
    run_promises()
    run_promises()
    message = StandInMessage.objects.get()
    assert (message.channel, message.recipient) == ("sms", "161****0321")
    assert NUMBER in message.body
    delivery = Delivery.objects.get(channel="sms")
    assert (delivery.state, delivery.provider_reference) == ("sent", f"stand-in-{message.pk}")
    entry = AccessEntry.objects.get()
    assert (entry.subject_kind, entry.subject_id, entry.fields) == ("person", str(someone.person_id), ["phone"])
    assert entry.purpose == "notice"


def test_a_message_repeated_after_a_crash_is_one_message(town: City) -> None:
    for _ in range(2):
        hand_over(channel="sms", recipient="16100000321", body="text", idempotency_key="accounts.deliver:1")
    assert StandInMessage.objects.count() == 1


def test_a_message_nobody_can_receive_is_marked_and_not_tried_for_ever(town: City) -> None:
    tell(user_ids=[town.system.pk], channels=("sms",))
    run_promises()
    assert Delivery.objects.get().state == "failed"
    assert Promise.objects.filter(done_at=None).count() == 0


def test_mail_goes_in_the_language_of_the_reader(town: City) -> None:
    reader = user(email="x@demo.invalid", language="en")
    tell(user_ids=[reader.pk], channels=("email",))
    run_promises()
    assert StandInMessage.objects.get().body.startswith(f"New task: case {NUMBER}")


def test_an_erased_phone_receives_nothing(town: City) -> None:
    someone = resident("16100000321")
    assert someone.person_id is not None
    tell(person_id=someone.person_id, channels=("sms",))
    erase_person(person_id=someone.person_id, fields=("phone",), actor=acting(town.system))
    run_promises()
    assert not StandInMessage.objects.exists()
    person = Person.objects.get()
    assert person.phone_index is None
    assert "phone" not in person.provenance
    assert person.erased_at is not None


def test_the_bell_shows_what_is_new_and_marking_clears_it(town: City) -> None:
    tell(user_ids=[town.system.pk], data={"number": NUMBER, "url": "/desk/cases/x/"})
    tell(user_ids=[town.auditor.pk], key="other")
    client = browser(town.system)
    page = client.get("/notices/", headers={"accept-language": "en"})
    assert f'<a class="b" href="/desk/cases/x/">New task: case {NUMBER}</a>' in page.content.decode()
    assert len(page.context["rows"]) == 1
    assert page.wsgi_request.presence.unread == 1  # type: ignore[attr-defined]
    client.post("/notices/read/")
    assert client.get("/notices/").wsgi_request.presence.unread == 0  # type: ignore[attr-defined]
    assert Notice.objects.filter(read_at=None).get().user == town.auditor


def test_a_notice_text_is_inert_on_the_page(town: City) -> None:
    tell(user_ids=[town.system.pk], data={"number": "<script>alert(1)</script>"})
    page = browser(town.system).get("/notices/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_outbox_shows_newest_first(town: City) -> None:
    for number in (1, 2):
        hand_over(channel="sms", recipient="16100000321", body=f"text {number}", idempotency_key=f"k{number}")
    page = browser().get("/demo/outbox/").content.decode()
    assert page.index("text 2") < page.index("text 1")
    assert "16100000321" not in page


@override_settings(DEMO=False, PRODUCTION=True, SMS_GATEWAY_URL="", SMS_GATEWAY_TOKEN="")
def test_production_refuses_the_stand_in(town: City) -> None:
    with pytest.raises(ImproperlyConfigured):
        hand_over(channel="sms", recipient="13800138000", body="text", idempotency_key="k")
    assert [fault.id for fault in checks.gateway_check()] == ["accounts.E001"]
    with override_settings(SMS_GATEWAY_URL="http://sms.example/", SMS_GATEWAY_TOKEN="x"):
        assert checks.gateway_check() != []
    with override_settings(SMS_GATEWAY_URL="https://sms.example/", SMS_GATEWAY_TOKEN="x"):
        assert checks.gateway_check() == []


def test_an_unknown_kind_of_notice_still_says_something() -> None:
    assert NUMBER in gateways.render("nobody.wrote.it", {"number": NUMBER}, settings.LANGUAGE_CODE)


def test_a_delivery_that_was_sent_is_not_prepared_again(town: City) -> None:
    someone = resident("16100000321")
    tell(person_id=someone.person_id, channels=("sms",))
    Delivery.objects.update(state="sent")
    assert prepare_delivery({"delivery": Delivery.objects.get().pk}, promise_id=1, now=app_now()) is None


def test_every_field_of_a_person_says_where_it_comes_from(db: None) -> None:
    day = (app_now() + timedelta(days=90)).date()
    made = create_person(
        name="王示例",
        phone="16100000321",
        source="reporter",
        purpose="reply",
        basis="PIPL 13(3)",
        expires=day,
        now=app_now(),
    )
    assert set(made.provenance) == {"name", "phone"}
    assert made.provenance["phone"] == {
        "source": "reporter",
        "purpose": "reply",
        "basis": "PIPL 13(3)",
        "expires": day.isoformat(),
    }
    assert str(Person.objects.get().name) == "王**"
