"""Editions of rules: drafted by one, approved by another, published from a date; the city folder brings the first."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases import actions, queries
from cases.models import RoutingRule
from ledger.actions import move_edition
from ledger.actors import Actor
from ledger.cityfolder import CityFolder
from ledger.clock import app_now
from ledger.models import Edition
from tests.cases.made_up import SLUG
from tests.cases.world import World

HEADER = (
    "code,kind,step,category,path,source,answers,department,needs_role,automatic,priority,owner,reason_zh,reason_en\n"
)
LINE = (
    f'R-1,{SLUG},joint,inspection/01,/3709/,,"{{""hazard"": ""yes""}}",works,handler,yes,10,chief,职责表,Duty table\n'
)


def author(town: World) -> Actor:
    return replace(town.actor("chief"), rights=frozenset({"rules.draft", "rules.approve"}))


def approver(town: World) -> Actor:
    return replace(town.actor("ada"), rights=frozenset({"rules.approve"}))


def folder(path: Path, text: str) -> CityFolder:
    (path / "rules.csv").write_text(HEADER + text, encoding="utf-8")
    found = CityFolder(path)
    found.known["departments"] |= {"works", "office"}
    found.known["users"] |= {"chief"}
    return found


def load(path: Path, text: str, town: World, *, apply: bool = True) -> tuple[CityFolder, str]:
    loaded = folder(path, text)
    change = actions.load_rules(loaded, apply=apply, actor=town.actor("chief"), now=app_now())
    return loaded, str(change)


def approve(book: Edition, actor: Actor) -> Edition:
    return move_edition(kind="routing", number=book.number, move="approve", version=book.version, actor=actor)


def test_the_drafter_cannot_approve_his_own_edition(town: World, tmp_path: Path) -> None:
    load(tmp_path, LINE, town)
    book = actions.draft_rules(title="next", actor=author(town))
    with pytest.raises(ValidationError):
        approve(book, author(town))
    assert approve(book, approver(town)).state == "approved"


def test_an_approved_edition_replaces_the_old_one_from_its_date(town: World, tmp_path: Path) -> None:
    load(tmp_path, LINE, town)
    book = actions.draft_rules(title="next", actor=author(town))
    only = RoutingRule.objects.get(edition=book)
    actions.save_rule(
        edition_id=book.pk, rule_id=only.pk, values={"department_id": town.id("office")}, actor=author(town)
    )
    book.refresh_from_db()
    approve(book, approver(town))
    start = app_now() + timedelta(hours=1)
    move_edition(kind="routing", number=book.number, move="publish", effective_from=start, actor=approver(town))

    assert [line.department for line in queries.rule_lines(app_now())] == ["works"]
    assert [line.department for line in queries.rule_lines(start)] == ["office"]


def test_a_published_edition_is_not_changed_any_more(town: World, tmp_path: Path) -> None:
    load(tmp_path, LINE, town)
    only = RoutingRule.objects.get()
    with pytest.raises(ValidationError):
        actions.save_rule(edition_id=only.edition_id, rule_id=only.pk, values={"priority": 3}, actor=author(town))
    with pytest.raises(PermissionDenied):
        actions.save_rule(edition_id=only.edition_id, values={}, actor=town.actor("hal"))


def test_loading_a_folder_twice_changes_nothing_and_the_export_gives_it_back(town: World, tmp_path: Path) -> None:
    assert load(tmp_path, LINE, town)[1] == "1 added, 0 changed, 0 ended, 0 unchanged"
    assert load(tmp_path, LINE, town)[1] == "0 added, 0 changed, 0 ended, 1 unchanged"
    assert Edition.objects.filter(kind="routing").count() == 1

    (tmp_path / "rules.csv").write_text(queries.export_rules()["rules.csv"], encoding="utf-8")
    again = CityFolder(tmp_path)
    assert not actions.load_rules(again, apply=True, actor=town.actor("chief"), now=app_now())


def test_checking_only_writes_nothing(town: World, tmp_path: Path) -> None:
    load(tmp_path, LINE, town, apply=False)
    assert not RoutingRule.objects.exists()


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (LINE.replace("works", "moon"), "department"),
        (LINE.replace("chief", "nobody"), "owner"),
        (LINE.replace(f",{SLUG},", ",tax,"), "kind"),
        (LINE.replace(",joint,", ",sideways,"), "step"),
        (LINE.replace(",10,", ",ten,"), "priority"),
        (LINE.replace(",yes,10", ",perhaps,10"), "automatic"),
        (LINE.replace('"{""hazard"": ""yes""}"', "hazard"), "answers"),
        (LINE + LINE, "code"),
        (LINE + LINE.replace("R-1", "R-2"), "priority"),
        (LINE.replace("Duty table", ""), "reason_en"),
    ],
)
def test_a_wrong_line_is_refused_with_file_line_and_column(town: World, tmp_path: Path, line: str, column: str) -> None:
    loaded, _ = load(tmp_path, line, town, apply=False)
    assert [(fault.file, fault.field) for fault in loaded.faults] == [("rules.csv", column)]
    assert loaded.faults[0].row >= 2
