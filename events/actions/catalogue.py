"""The catalogue of categories as a part of the city folder: a published edition, never changed, only replaced."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from events.imports import CATEGORIES, CategoryLine, catalogue_of, differences, read_catalogue, to_files
from events.models import Category, CategorySystem, FilingCondition
from events.queries.catalogue import KIND, forget_catalogue
from ledger.actions import approve_edition, draft_edition, publish_edition
from ledger.actors import Actor, ActorKind
from ledger.cityfolder import Change, CityFolder
from ledger.clock import app_now
from ledger.models import Edition
from ledger.queries import edition_in_force

# whoever reviewed the folder drafted it; whoever loads it approves: never the same name (ledger's constraint)
DRAFTER = Actor(kind=ActorKind.CLIENT, id="city-folder", rights=frozenset({"rules.draft"}), label="city folder")


@transaction.atomic(durable=True)
def load_categories(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """City part "categories": a difference makes a new edition. Called as ledger.kinds.register_city_part says."""
    wanted = read_catalogue(folder)
    folder.known["categories"].update(wanted)
    current = edition_in_force(KIND, now)
    here = catalogue_of(current.pk) if current else {}
    change = Change()
    for sign, key in differences(here, wanted):
        change.added += sign == "+"
        change.changed += sign == "~"
        change.ended += sign == "-"
        change.lines.append(f"{sign} {key}")
    change.same = len(wanted) - change.added - change.changed
    if change and apply:
        _publish(wanted, actor, now)
    return change


def _publish(lines: dict[str, CategoryLine], actor: Actor, now: datetime) -> None:
    approver = replace(actor, rights=actor.rights | {"rules.approve"})
    edition = draft_edition(kind=KIND, title=CATEGORIES, actor=DRAFTER, now=now)
    _write(edition, lines)
    approve_edition(edition_id=edition.pk, actor=approver, now=now)
    publish_edition(edition_id=edition.pk, effective_from=now, actor=approver, now=now)
    transaction.on_commit(forget_catalogue)


def _write(edition: Edition, lines: dict[str, CategoryLine]) -> None:
    systems = {}
    for code in {line.system for line in lines.values()}:
        names = {"name_zh": code, "name_en": code}
        systems[code], _made = CategorySystem.objects.get_or_create(code=code, defaults=names)
    rows = Category.objects.bulk_create(
        Category(
            system=systems[line.system],
            edition=edition,
            key=line.key,
            type=line.type,
            major=line.major,
            minor=line.minor,
            name_zh=line.name_zh,
            name_en=line.name_en,
            major_zh=line.major_zh,
            major_en=line.major_en,
            words=line.words,
            initials=line.initials,
            public=line.public,
            active=line.active,
        )
        for line in lines.values()
    )
    FilingCondition.objects.bulk_create(
        FilingCondition(
            category=row,
            number=c.number,
            text_zh=c.text_zh,
            text_en=c.text_en,
            closing_zh=c.closing_zh,
            closing_en=c.closing_en,
            unit=c.unit,
            budget=c.budget,
        )
        for row, line in zip(rows, lines.values(), strict=True)
        for c in line.conditions
    )


def export_categories() -> dict[str, str]:
    """The files of the city folder from the edition in force."""
    current = edition_in_force(KIND, app_now())
    return to_files(catalogue_of(current.pk)) if current else {}
