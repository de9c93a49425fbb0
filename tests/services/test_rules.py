"""Forms as data and numbers of licences: pure rules, tried with everything that can be typed."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.demo_identity import demo_id_number, demo_phone
from services import rules

KEY = b"k" * 32
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
FORM: list[dict[str, Any]] = [
    {"key": "who", "type": "person", "label_zh": "人", "label_en": "Person"},
    {"key": "kind", "type": "choice", "label_zh": "类", "label_en": "Kind", "options": [
        {"value": "a", "zh": "甲", "en": "A"}, {"value": "b", "zh": "乙", "en": "B"}]},
    {"key": "size", "type": "number", "label_zh": "大小", "label_en": "Size", "when": {"kind": "b"}, "minimum": 1,
     "maximum": 10},
    {"key": "lit", "type": "yes_no", "label_zh": "灯", "label_en": "Lit", "required": False},
    {"key": "until", "type": "date", "label_zh": "至", "label_en": "Until", "when": {"lit": "yes", "kind": "b"}},
    {"key": "note", "type": "text", "label_zh": "注", "label_en": "Note", "required": False, "personal": True},
]  # fmt: skip
FIELDS, FAULTS = rules.read_fields(FORM)
CHANCE = random.Random(3)
PERSON = {"name": "王示例", "id_number": demo_id_number(CHANCE), "phone": demo_phone(CHANCE)}


def test_the_form_of_the_tests_is_sound() -> None:
    assert FAULTS == [] and [field.key for field in FIELDS] == ["who", "kind", "size", "lit", "until", "note"]


def test_complete_answers_pass_and_a_field_that_is_not_asked_is_dropped() -> None:
    checked = rules.check_answers(FIELDS, {"who": PERSON, "kind": "a", "size": "7", "extra": "x"}, demo=True)
    assert checked.errors == {}
    assert checked.answers == {"who": PERSON, "kind": "a"}


@pytest.mark.parametrize(
    ("given_", "wrong"),
    [
        ({"kind": "a"}, {"who.name"}),
        ({"who": {**PERSON, "id_number": "379999195001011230"}, "kind": "a"}, {"who.id_number"}),
        ({"who": {**PERSON, "phone": "12"}, "kind": "a"}, {"who.phone"}),
        ({"who": PERSON, "kind": "c"}, {"kind"}),
        ({"who": PERSON, "kind": "b"}, {"size"}),
        ({"who": PERSON, "kind": "b", "size": "11"}, {"size"}),
        ({"who": PERSON, "kind": "b", "size": "NaN"}, {"size"}),
        ({"who": PERSON, "kind": "b", "size": "2", "lit": "yes"}, {"until"}),
        ({"who": PERSON, "kind": "b", "size": "2", "lit": "yes", "until": "2026-02-30"}, {"until"}),
        ({"who": PERSON, "kind": "a", "note": "x" * 201}, {"note"}),
    ],
)
def test_what_is_wrong_is_named_by_its_input(given_: dict[str, Any], wrong: set[str]) -> None:
    assert set(rules.check_answers(FIELDS, given_, demo=True).errors) == wrong


def test_demo_identities_are_refused_outside_the_demo() -> None:
    assert set(rules.check_answers(FIELDS, {"who": PERSON, "kind": "a"}, demo=False).errors) == {
        "who.id_number",
        "who.phone",
    }


LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
JUNK = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(st.sampled_from(["name", "phone", "x"]), LEAF, max_size=3)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(answers=st.dictionaries(st.sampled_from(["who", "kind", "size", "lit", "until", "note", "zzz"]), JUNK))
def test_whatever_is_sent_is_answered_with_errors_and_never_breaks(answers: dict[str, Any]) -> None:
    checked = rules.check_answers(FIELDS, answers, demo=True)
    known = {field.key for field in FIELDS}
    assert set(checked.answers) <= known
    assert {name.partition(".")[0] for name in checked.errors} <= known
    assert not set(checked.answers) & set(checked.errors)
    again = rules.check_answers(FIELDS, checked.answers, demo=True)
    assert again.answers == checked.answers, "what passed once passes again, unchanged"


@given(text=st.text(max_size=40))
def test_masks_of_personal_answers_never_hold_the_clear_text(text: str) -> None:
    shown = rules.masked_answers(FIELDS, {"who": PERSON, "note": text, "kind": "a"})
    assert shown["note"] == "***" and shown["kind"] == "a"
    assert PERSON["id_number"] not in str(shown) and PERSON["phone"] not in str(shown)
    assert PERSON["name"] not in str(shown)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(rows=JUNK)
def test_a_broken_form_in_a_catalogue_is_a_fault_and_never_a_crash(rows: Any) -> None:
    fields, faults = rules.read_fields(rows)
    assert isinstance(rows, list) or (fields, faults) == ((), [])


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "colour"},
        {"key": "no name"},
        {"label_en": ""},
        {"when": {"later": "yes"}},
        {"type": "choice"},
        {"type": "text", "personal": True, "on_licence": True},
    ],
)
def test_a_form_that_contradicts_itself_is_refused(broken: dict[str, Any]) -> None:
    sound = {"key": "one", "type": "text", "label_zh": "一", "label_en": "One"}
    assert rules.read_fields([sound])[1] == []
    assert rules.read_fields([{**sound, **broken}])[1]


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("11100000000013338W011" + "11430000006122244L" + "20230000403" + "001", "U"),
        ("11100000000013338W032" + "11220000013544541J" + "2430599" + "001", "F"),
        ("11100000MB03271699022" + "340100" + "000000016" + "001", "9"),
    ],
)
def test_check_characters_of_published_licences(body: str, check: str) -> None:
    """ISO 7064 MOD 37,36 over live numbers."""
    assert rules.check_character(body) == check


@given(body=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=5, max_size=60), data=st.data())
def test_one_wrong_character_is_found(body: str, data: st.DataObject) -> None:
    check = rules.check_character(body)
    place = data.draw(st.integers(0, len(body) - 2))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if other != body[place]:
        assert rules.check_character(body[:place] + other + body[place + 1 :]) != check


def _kind() -> rules.LicenceKind:
    return rules.LicenceKind("11379999MB0000019A001", "11379999MB0000019A", "证", "Card", 24)


def test_a_number_carries_its_check_and_a_changed_one_is_noticed() -> None:
    number = rules.licence_number(_kind(), year=2026, serial=12)
    assert number.startswith("1.2.156.3005.2.11379999MB0000019A001.11379999MB0000019A.20260000012.001.")
    assert rules.number_fault(number) == ""
    assert rules.number_fault(number.replace("20260000012", "20260000013")) == "check"
    assert rules.number_fault("1.2.3") == "shape"


def test_the_last_day_is_the_day_before_and_still_counts() -> None:
    assert rules.last_day(date(2026, 11, 25), 24) == date(2028, 11, 24)
    assert rules.last_day(date(2024, 2, 29), 12) == date(2025, 2, 27)
    assert rules.last_day(date(2026, 11, 25), 0) is None
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    states = [
        rules.state_of(first, last, revoked=False, on=day) for day in (date(2025, 12, 31), last, date(2026, 7, 1))
    ]
    assert states == ["early", "valid", "expired"]
    assert rules.state_of(first, last, revoked=True, on=last) == "revoked"


def test_a_shown_code_lives_two_minutes_and_no_other_key_makes_one() -> None:
    licence = uuid4()
    token = rules.show_token(licence, now=NOW, nonce=b"abcd", key=KEY)
    assert token.isalnum() and token.isupper()
    assert rules.token_parts(token, now=NOW + timedelta(seconds=100), key=KEY) == (licence, "")
    assert rules.token_parts(token, now=NOW + timedelta(seconds=130), key=KEY)[1] == "late"
    assert rules.token_parts(token, now=NOW, key=b"x" * 32) == (None, "forged")


@given(text=st.text(max_size=60), place=st.integers(0, 40), sign=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_forged_code_finds_nothing(text: str, place: int, sign: str) -> None:
    assert rules.token_parts(text, now=NOW, key=KEY)[1] == "forged"
    token = rules.show_token(uuid4(), now=NOW, nonce=b"abcd", key=KEY)
    forged = token[:place] + sign + token[place + 1 :]
    if forged != token:
        assert rules.token_parts(forged, now=NOW, key=KEY) == (None, "forged")


@pytest.mark.parametrize(("name", "hidden"), [("孙小梅", "孙*梅"), ("王五", "王*"), ("欧阳示例", "欧**例")])
def test_a_stranger_sees_a_name_with_its_middle_hidden(name: str, hidden: str) -> None:
    assert rules.hidden_name(name) == hidden
