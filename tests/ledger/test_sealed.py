"""Personal data at rest: unreadable without keys, bound to its row, shown as a mask."""

import copy
import pickle

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Person
from ledger.actions import reveal
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.masks import mask_text
from ledger.models import AccessEntry
from ledger.sealed import SealBroken, Sealed, blind_index, plain, seal
from tests.ledger.sealing import NAME, PHONE, only_new_key, person, second_key

MOVE = "UPDATE accounts_person SET phone = (SELECT phone FROM accounts_person ORDER BY id DESC LIMIT 1)"


def shown(row: Person, actor: Actor) -> str:
    values = {"phone": row.phone}
    return reveal(
        actor=actor, subject_kind="person", subject_id=row.pk, values=values, purpose="call_back", now=app_now()
    )["phone"]


@pytest.mark.django_db
def test_a_value_reads_back_as_its_mask_and_is_not_in_the_table() -> None:
    person().save()
    row = Person.objects.get()
    assert str(row.phone) == "138****5678"
    assert str(row.name) == "张**"
    assert not row.id_number
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_person::text FROM accounts_person")
        (stored,) = cursor.fetchone()
    assert PHONE not in stored
    assert PHONE.encode().hex() not in stored
    assert NAME.encode().hex() not in stored


@pytest.mark.django_db
def test_bulk_creation_seals_too() -> None:
    Person.objects.bulk_create([person("13800000001"), person("13800000002")])
    assert sorted(str(row.phone) for row in Person.objects.all()) == ["138****0001", "138****0002"]


@pytest.mark.django_db
def test_revealing_writes_who_looked_and_why(operator: Actor) -> None:
    person().save()
    row = Person.objects.get()
    assert shown(row, operator) == PHONE
    entry = AccessEntry.objects.get()
    assert (entry.actor_id, entry.subject_id, entry.fields, entry.purpose) == ("7", str(row.pk), ["phone"], "call_back")


@pytest.mark.django_db
def test_a_value_moved_to_another_row_does_not_open(operator: Actor) -> None:
    numbers = ["13800000001", "13800000002"]
    people = Person.objects.bulk_create([person(number) for number in numbers])
    kept = numbers[people.index(max(people, key=lambda one: one.id))]  # ids of one millisecond come in any order
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_person SET phone = (SELECT phone FROM accounts_person ORDER BY id DESC LIMIT 1)"
        )
    first, second = Person.objects.order_by("id")
    with pytest.raises(SealBroken):
        shown(first, operator)
    assert str(first.phone) == "***"
    assert shown(second, operator) == kept
    assert AccessEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_value_moved_to_another_column_does_not_open(operator: Actor) -> None:
    person().save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET phone = name")
    with pytest.raises(SealBroken):
        shown(Person.objects.get(), operator)


@pytest.mark.django_db
def test_an_altered_byte_does_not_open(operator: Actor) -> None:
    person().save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET phone = set_byte(phone, length(phone) - 1, 0)")
        cursor.execute("UPDATE accounts_person SET phone = set_byte(phone, length(phone) - 2, 0)")
    with pytest.raises(SealBroken):
        shown(Person.objects.get(), operator)


@pytest.mark.django_db
def test_values_without_an_instance_are_bound_by_hand() -> None:
    person().save()
    row = Person.objects.values("id", "phone").get()
    assert str(row["phone"]) == "***"
    assert str(row["phone"].at(row["id"])) == "138****5678"


@pytest.mark.django_db
def test_an_update_takes_sealed_values_only() -> None:
    person().save()
    row = Person.objects.get()
    with pytest.raises(TypeError), transaction.atomic():
        Person.objects.update(phone=plain("13900000000"))
    Person.objects.update(phone=seal(Person, "phone", row.pk, "13900001111"))
    assert str(Person.objects.get().phone) == "139****1111"


@pytest.mark.django_db
def test_a_bare_string_is_refused() -> None:
    row = person()
    row.phone = "13800000000"  # type: ignore[assignment]
    with pytest.raises(TypeError):
        row.save()


@pytest.mark.django_db
def test_an_empty_value_erases() -> None:
    row = person()
    row.save()
    row.phone = plain("")
    row.save()
    assert Person.objects.get().phone.empty
    assert str(Person.objects.get().phone) == ""


@pytest.mark.django_db
def test_a_sealed_column_cannot_be_searched() -> None:
    with pytest.raises(TypeError):
        Person.objects.filter(phone=plain(PHONE))
    person().save()
    assert Person.objects.filter(phone_index=blind_index("phone", "+86 138-0000 5678")).count() == 1


def test_a_sealed_value_neither_prints_nor_pickles() -> None:
    value = plain(PHONE)
    assert PHONE not in f"{value!r} {value} {[value]}"
    assert copy.deepcopy(value) is value
    with pytest.raises(TypeError):
        pickle.dumps(value)


def test_a_blind_index_needs_the_key_and_knows_its_field() -> None:
    assert blind_index("phone", PHONE) == blind_index("phone", f" {PHONE} ")
    assert blind_index("phone", PHONE) != blind_index("id_number", PHONE)
    assert blind_index("id_number", "11010119900101001x") == blind_index("id_number", "11010119900101001X")
    assert blind_index("phone", "") is None


@pytest.mark.parametrize(
    ("kind", "text", "mask"),
    [
        ("name", "张三", "张*"),
        ("name", "张", "张*"),
        ("phone", "13812345678", "138****5678"),
        ("id_number", "370902199001011234", "3709**********1234"),
        ("email", "someone@example.org", "s***@example.org"),
        ("unheard", "anything", "***"),
        ("phone", "", ""),
    ],
)
def test_masks(kind: str, text: str, mask: str) -> None:
    assert mask_text(kind, text) == mask


@pytest.mark.django_db(transaction=True)
def test_rotation_reads_old_and_new_meanwhile_and_ends_with_the_new_key_alone() -> None:
    Person.objects.bulk_create([person(f"1380000{number:04}") for number in range(700)])
    with second_key():
        person("13900001111").save()
        assert {str(row.phone)[:3] for row in Person.objects.all()} == {"138", "139"}
        call_command("rotate_keys")
    with only_new_key():
        rows = Person.objects.all()
        assert sum(str(row.phone).startswith("138****") for row in rows) == 700
        assert all(str(row.name) == "张**" for row in rows)


@pytest.mark.django_db(transaction=True)
def test_rotation_stops_at_a_value_that_does_not_open_and_changes_nothing_of_its_batch() -> None:
    Person.objects.bulk_create([person(), person()])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_person SET phone = (SELECT phone FROM accounts_person ORDER BY id DESC LIMIT 1)"
        )
        cursor.execute("SELECT array_agg(phone ORDER BY id) FROM accounts_person")
        before = [bytes(value) for value in cursor.fetchone()[0]]
    with second_key(), pytest.raises(CommandError, match="does not open"):
        call_command("rotate_keys")
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(phone ORDER BY id) FROM accounts_person")
        assert [bytes(value) for value in cursor.fetchone()[0]] == before


def test_an_unbound_value_shows_nothing() -> None:
    assert str(Sealed(None, b"\x02k1" + b"0" * 40, "t|c", "", "phone")) == "***"
