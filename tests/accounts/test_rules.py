"""Identifiers: published vectors; the demo generator makes what passes and cannot exist."""

import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import demo_identity, rules

USCC = [
    "91350100M000100Y43",
    "11370800MB28559184",
    "11430000006122244L",
    "11100000000013338W",
    "113700000045046442",
]


def test_the_published_citizen_number_is_valid() -> None:
    assert rules.citizen_id_fault("11010519491231002X", demo=False) == ""
    assert rules.id_check_character("11010519491231002") == "X"


@pytest.mark.parametrize("code", USCC)
def test_the_published_credit_codes_are_valid(code: str) -> None:
    assert rules.credit_code_fault(code, demo=False) == ""


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("11010519491231002", "shape"),
        ("99010519491231002X", "area"),
        ("11010519491331002X", "birth"),
        ("110105194912310021", "check"),
        ("１１010519491231002X", "shape"),
    ],
)
def test_a_wrong_citizen_number_says_what_is_wrong(number: str, fault: str) -> None:
    assert rules.citizen_id_fault(number, demo=True) == fault


@given(st.sampled_from(USCC), st.integers(0, 17), st.sampled_from(rules.USCC_ALPHABET))
def test_one_changed_sign_of_a_credit_code_is_found(code: str, place: int, sign: str) -> None:
    changed = code[:place] + sign + code[place + 1 :]
    assert (rules.credit_code_fault(changed, demo=True) == "") == (changed == code)


@given(st.integers(0, 16), st.integers(0, 9))
def test_one_changed_digit_of_a_citizen_number_is_found(place: int, digit: int) -> None:
    number = "11010519491231002X"
    changed = number[:place] + str(digit) + number[place + 1 :]
    assert (rules.citizen_id_fault(changed, demo=True) == "") == (changed == number)


@given(st.integers())
def test_demo_identities_pass_the_check_digits_and_only_in_demo_mode(seed: int) -> None:
    source = random.Random(seed)
    number, code, phone = (
        demo_identity.demo_id_number(source),
        demo_identity.demo_credit_code(source),
        demo_identity.demo_phone(source),
    )
    faults = (rules.citizen_id_fault, rules.credit_code_fault, rules.phone_fault)
    assert [fault(text, demo=True) for fault, text in zip(faults, (number, code, phone), strict=True)] == ["", "", ""]
    assert [fault(text, demo=False) for fault, text in zip(faults, (number, code, phone), strict=True)] == ["demo"] * 3


def test_demo_names_are_visibly_invented() -> None:
    source = random.Random(1)
    assert all(demo_identity.demo_name(source)[1:] in demo_identity.INVENTED for _ in range(200))
    assert all(set(name) & set("示例虚样") for name in demo_identity.INVENTED)


@pytest.mark.parametrize("text", ["+86 138-0013-8000", "0086 13800138000", "138 0013 8000"])
def test_a_phone_is_read_however_it_is_written(text: str) -> None:
    assert rules.normal_phone(text) == "13800138000"
    assert rules.phone_fault(text, demo=False) == ""


def test_a_code_has_eight_digits_and_belongs_to_its_row_and_key() -> None:
    row = uuid.uuid4()
    code = rules.one_time_code(b"k" * 32, row)
    assert len(code) == 8
    assert code.isdecimal()
    assert code == rules.one_time_code(b"k" * 32, row)
    assert code != rules.one_time_code(b"l" * 32, row)
    assert code != rules.one_time_code(b"k" * 32, uuid.uuid4())


def test_a_phone_gets_five_codes_a_day_with_a_minute_between_two() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert rules.may_send_code([], now)
    assert not rules.may_send_code([now - timedelta(seconds=59)], now)
    assert rules.may_send_code([now - timedelta(seconds=60)], now)
    assert not rules.may_send_code([now - timedelta(hours=hour) for hour in range(1, 6)], now)
