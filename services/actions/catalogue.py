"""City part "services": the items of a folder become the next edition of the catalogue, if they differ from it."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import Department
from ledger.actions import approve_edition, draft_edition, publish_edition
from ledger.actors import Actor, ActorKind
from ledger.cityfolder import Change, CityFolder
from ledger.clock import app_now
from services import queries
from services.imports import FILE, ItemLine, items_of, read_items, to_json
from services.models import Item

KIND = queries.CATALOGUE
# the folder drafts, whoever loads it approves: never the same name (ledger's constraint)
DRAFTER = Actor(kind=ActorKind.CLIENT, id="city-folder", rights=frozenset({"rules.draft"}), label="city folder")


@transaction.atomic(durable=True)
def load_items(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Compare services.json with the catalogue in force; when they differ, publish a new edition from now on.

    Arguments and answer: ledger.kinds.register_city_part.
    """
    change = Change()
    lines = read_items(folder)
    edition = queries.catalogue_edition(now)
    here = items_of(edition) if edition is not None else {}
    for code, line in lines.items():
        if code not in here:
            change.added += 1
            change.lines.append(f"+ service {code}")
        elif here[code] != line:
            change.changed += 1
            change.lines.append(f"~ service {code}")
        else:
            change.same += 1
    for code in here.keys() - lines.keys() if lines else ():
        change.ended += 1
        change.lines.append(f"- service {code}")
    if apply and change:
        _publish(list(lines.values()), actor, now)
    return change


def _publish(lines: list[ItemLine], actor: Actor, now: datetime) -> None:
    edition = draft_edition(kind=KIND, title=FILE, actor=DRAFTER, now=now)
    departments = dict(Department.objects.values_list("code", "pk"))
    Item.objects.bulk_create(
        Item(
            edition=edition,
            accepting_id=departments[line.accepting],
            issuing_id=departments[line.issuing],
            **line.values(),
        )
        for line in lines
    )
    approver = replace(actor, rights=actor.rights | {"rules.approve"})
    approve_edition(edition_id=edition.pk, actor=approver, now=now)
    publish_edition(edition_id=edition.pk, effective_from=now, actor=approver, now=now)


def export_items() -> dict[str, str]:
    """services.json with the catalogue in force."""
    edition = queries.catalogue_edition(app_now())
    lines = items_of(edition) if edition is not None else {}
    return {FILE: to_json(list(lines.values()))} if lines else {}
