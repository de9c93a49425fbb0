"""The catalogue as editions: drafted row by row, approved by another; cases keep the edition they came under."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from events import actions, queries
from events.models import Category
from ledger.actions import move_edition
from ledger.actors import Actor
from ledger.clock import app_now, shifted
from ledger.models import Edition
from ledger.queries import edition_difference, edition_in_force
from tests.events import drive
from tests.events.town import CATEGORIES, Town

LAMP = "part/01/0137"


def author(town: Town) -> Actor:
    return replace(town["dispatcher"], rights=frozenset({"rules.draft"}))


def approver(town: Town) -> Actor:
    return replace(town["chief"], rights=frozenset({"rules.approve"}))


def save(town: Town, book: Edition, key: str = LAMP, conditions: Any = None, **changes: Any) -> Category:
    found = queries.category_draft(book.pk, key)
    assert found is not None
    values, kept = found
    return actions.save_category(
        edition_id=book.pk, key=key, values={**values, **changes},
        conditions=kept if conditions is None else conditions, actor=author(town),
    )  # fmt: skip


def publish(town: Town, book: Edition, **when: Any) -> None:
    book.refresh_from_db()
    move_edition(kind="categories", number=book.number, move="approve", version=book.version, actor=approver(town))
    move_edition(kind="categories", number=book.number, move="publish", actor=approver(town), **when)
    queries.forget_catalogue()


@pytest.fixture
def book(town: Town) -> Edition:
    return actions.draft_categories(title="路灯时限", actor=author(town))


def test_a_draft_begins_as_what_is_in_force(town: Town, book: Edition) -> None:
    current = edition_in_force("categories", app_now())
    assert current is not None
    assert queries.category_rows(book.pk) == queries.category_rows(current.pk)
    assert set(queries.category_rows(book.pk)) == CATEGORIES
    assert edition_difference("categories", current.pk, book.pk) == []


def test_the_difference_says_in_both_languages_what_reads_otherwise(town: Town, book: Edition) -> None:
    found = queries.category_draft(book.pk, LAMP)
    assert found is not None
    kept = [{**row, "budget": Decimal(9), "unit": "working_hour"} for row in found[1][:1]]
    save(town, book, conditions=kept + found[1][1:], public=False)
    current = edition_in_force("categories", app_now())
    assert current is not None
    with override("en"):
        (english,) = edition_difference("categories", current.pk, book.pk)
    with override("zh-hans"):
        (chinese,) = edition_difference("categories", current.pk, book.pk)
    assert [(f.label, f.new.split("\n")[0]) for f in english.fields] == [
        ("Offered to", "staff only"),
        ("Limits", "1. 9 working hours"),
    ]
    assert [(f.label, f.new.split("\n")[0]) for f in chinese.fields] == [
        ("面向", "仅工作人员"),
        ("处置时限", "1. 9 工作时"),
    ]


def test_a_published_limit_applies_to_new_reports_and_old_cases_keep_theirs(town: Town, book: Edition) -> None:
    case_id = drive.filed(town)
    before = queries.report_detail(case_id, town["acceptor"])
    found = queries.category_draft(book.pk, before.category.key)
    assert found is not None
    save(town, book, before.category.key, conditions=[{**row, "budget": Decimal(1)} for row in found[1]])
    publish(town, book)
    after = queries.report_detail(case_id, town["acceptor"])
    assert (after.edition, after.condition) == (before.edition, before.condition)
    assert after.system.startswith("GB/T 30428.2")
    assert queries.category(before.category.key, app_now()).conditions[0].budget == 1


def test_a_future_edition_begins_by_the_clock(town: Town, book: Edition) -> None:
    save(town, book, name_zh="路灯不亮")
    publish(town, book, effective_from=app_now() + timedelta(hours=3))
    assert queries.category(LAMP, app_now()).name_zh != "路灯不亮"
    queries.forget_catalogue()
    with shifted(timedelta(hours=4)):
        assert queries.category(LAMP, app_now()).name_zh == "路灯不亮"
    queries.forget_catalogue()


def test_what_is_no_longer_offered_keeps_its_name_and_takes_no_report(town: Town, book: Edition) -> None:
    save(town, book, active=False)
    publish(town, book)
    now = app_now()
    with pytest.raises(ValidationError):
        queries.category(LAMP, now)
    assert LAMP not in [row.key for row in queries.search_categories("路灯", at=now, public=False)]
    assert LAMP not in [row.key for row in queries.search_categories("路灯", at=now, public=True)]
    assert queries.category_names([LAMP])[LAMP]
    exported = actions.export_categories()["categories.csv"]
    assert [line for line in exported.splitlines() if line.endswith(",no") and ",01,37," in line]


def test_a_new_category_is_written_and_its_code_taken_once(town: Town, book: Edition) -> None:
    values = {
        "system": "GB/T 30428.2-2013", "type": "event", "major": "01", "minor": "99", "name_zh": "示意小类",
        "name_en": "Illustrative class", "major_zh": "市容环境", "major_en": "City appearance", "words": "",
        "initials": "syxl", "public": True, "active": True,
    }  # fmt: skip
    condition = {"text_zh": "现场可见", "text_en": "Seen on site", "closing_zh": "", "closing_en": "",
                 "budget": Decimal(4), "unit": "working_hour"}  # fmt: skip
    made = {"edition_id": book.pk, "key": "", "values": values, "actor": author(town)}
    assert actions.save_category(**made, conditions=[condition]).key == "event/01/0199"
    with pytest.raises(ValidationError) as refused:
        actions.save_category(**made, conditions=[condition])
    assert "minor" in refused.value.message_dict
    same_class = Category.objects.filter(edition=book, type="event", major="01").values_list("major_en", flat=True)
    assert set(same_class) == {"City appearance"}, "the name of a major class is one"


def test_a_category_without_condition_is_refused_and_an_empty_edition_not_approved(town: Town, book: Edition) -> None:
    with pytest.raises(ValidationError):
        save(town, book, conditions=[])
    for key in CATEGORIES:
        actions.remove_category(edition_id=book.pk, key=key, actor=author(town))
    book.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        move_edition(kind="categories", number=book.number, move="approve", version=book.version, actor=approver(town))
    assert [error.code for error in refused.value.error_list] == ["faulty"]


def test_whoever_helped_to_write_does_not_approve(town: Town, book: Edition) -> None:
    helper = replace(approver(town), rights=frozenset({"rules.draft", "rules.approve"}))
    actions.remove_category(edition_id=book.pk, key=LAMP, actor=helper)
    book.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        move_edition(kind="categories", number=book.number, move="approve", version=book.version, actor=helper)
    assert refused.value.code == "four_eyes"


def test_a_published_edition_is_not_changed_any_more(town: Town, book: Edition) -> None:
    publish(town, book)
    with pytest.raises(ValidationError):
        save(town, book, name_zh="别的")
