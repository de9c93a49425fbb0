"""Reporting an incident: once per submission key, located, within the limits against floods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.actions import create_person
from cases.actions import count_intake
from cases.engine import NewCase, Opened, Photo, answered, contents, open_case, submission_hash
from cases.models import Case
from cases.rules import tracking_token
from events import rules
from events.kinds import NOTICE_OF
from events.models import Report
from events.queries.catalogue import CategoryRow, category
from grids.queries import Located, locate
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.queries import notice_shown


@dataclass(frozen=True, slots=True)
class Contact:
    """How the reporter can be reached; both may be empty. Sealed before it reaches the database.

    `notice` is the version of the notice that stood beside the fields, "report/1"; "" means the one in force.
    """

    name: str = ""
    phone: str = ""
    notice: str = ""

    def __bool__(self) -> bool:
        return bool(self.name.strip() or self.phone.strip())

    def __repr__(self) -> str:
        return "<Contact>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is reported.

    Arguments:
        category: key of the catalogue in force ("event/01/0112").
        lon, lat: degrees in `datum` (wgs84, cgcs2000, gcj02, bd09).
        accuracy: metres, as the phone told.
        condition: number of the filing condition that fits best, as the reporter sees it; None: not said.
        photos: ids of stored files; photos_announced: how many more the phone will send afterwards.
        client_time: what the phone's clock said; kept, never used.
        answers: further coded answers routing rules may look at.
    """

    category: str
    lon: float
    lat: float
    datum: str = "wgs84"
    accuracy: float | None = None
    address: str = ""
    description: str = ""
    condition: int | None = None
    photos: Sequence[UUID] = ()
    photos_announced: int = 0
    client_time: datetime | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter takes away. `token` opens the tracking page; it is stored nowhere."""

    case_id: int
    number: str
    token: str
    reported_at: datetime
    replayed: bool


@transaction.atomic(durable=True)
def report_incident(
    *,
    actor: Actor,
    incident: Incident,
    source: str,
    submission_key: str,
    contact: Contact = Contact(),
    network: str = "",
) -> Receipt:
    """Report an incident. The same key with the same body answers with the first receipt and writes nothing.

    Arguments:
        source: gridworker | public | hotline | api.
        submission_key: made where the form was opened.
        network: address the request came from; counted (hashed) for reports of the public only.

    Raises:
        ValidationError: keyed by field; code "flood" when the limits of `rules` are reached.
        grids.queries.OutOfCity: the point is not in the city.
        cases.engine.SubmissionConflict: the key came before with another body.
    """
    now = app_now()
    opened = _opened(actor, incident, source, contact, now, submission_key)
    if not opened.replayed:
        _complete(opened, actor, source, contact, network, now)
    token = tracking_token(opened.case.pk, settings.KEYS.token)
    return Receipt(opened.case.pk, opened.case.number, token, opened.case.opened_at, opened.replayed)


def _opened(actor: Actor, incident: Incident, source: str, contact: Contact, now: datetime, key: str) -> Opened:
    """The new case, or the first one of this key: a repeat is answered as the first time, also when its category or
    place would no longer be taken.
    """
    body = _body(incident, source, contact)
    try:
        chosen = _checked(incident, source, now)
        place = locate(lon=incident.lon, lat=incident.lat, datum=incident.datum, on=localtime(now).date())
    except ValidationError:
        first = answered(key, body)
        if first is None:
            raise
        return first
    return _open(actor, incident, source, chosen, place, now, key, body)


def _checked(incident: Incident, source: str, now: datetime) -> CategoryRow:
    errors: dict[str, str] = {}
    if source not in rules.SOURCES:
        raise ValueError(f"unknown source {source!r}")
    if len(incident.description) > rules.DESCRIPTION_LIMIT:
        errors["description"] = _("Please keep it below %(limit)s characters.") % {"limit": rules.DESCRIPTION_LIMIT}
    if len(incident.photos) > rules.PHOTOS_PER_REPORT:
        errors["photos"] = _("At most %(limit)s photos.") % {"limit": rules.PHOTOS_PER_REPORT}
    if errors:
        raise ValidationError(errors)
    chosen = category(incident.category, now)
    if incident.condition is not None and not 1 <= incident.condition <= len(chosen.conditions):
        raise ValidationError({"condition": _("This category has no such condition.")})
    return chosen


def _body(incident: Incident, source: str, contact: Contact) -> str:
    """What decides whether a repeated key brings the same form."""
    return submission_hash(
        [
            incident.category, incident.lon, incident.lat, incident.datum, incident.address, incident.description,
            incident.condition, contents(incident.photos), source, contact.name, contact.phone,
        ]
    )  # fmt: skip


def _open(
    actor: Actor,
    incident: Incident,
    source: str,
    chosen: CategoryRow,
    place: Located,
    now: datetime,
    key: str,
    body: str,
) -> Opened:
    service, management = place.grids.get("service"), place.grids.get("management")
    known = service or management
    answers = {**incident.answers}
    if incident.condition is not None:
        answers["condition"] = incident.condition
    new = NewCase(
        kind="event",
        title=chosen.name_zh,
        category=chosen.key,
        source=source,
        path=place.path,
        point=(place.lon, place.lat),
        address=incident.address.strip() or _place_name(place),
        grid_id=service.grid_id if service else None,
        management_grid_id=management.grid_id if management else None,
        reported_version_id=known.version_id if known else None,
        urgent=any(c.unit == "urgent_hour" and c.number == (incident.condition or 1) for c in chosen.conditions),
        answers=answers,
    )
    photos = [Photo(file_id, "report") for file_id in incident.photos]

    def own(case: Case) -> list[Report]:
        return [_report(case, incident, chosen)]

    return open_case(new, actor=actor, now=now, submission_key=key, submission_hash=body, photos=photos, own=own)


def _report(case: Case, incident: Incident, chosen: CategoryRow) -> Report:
    """What only an incident has."""
    return Report(
        case=case,
        category_id=chosen.id,
        description=incident.description.strip(),
        datum=incident.datum,
        accuracy=incident.accuracy,
        photos_announced=incident.photos_announced,
        client_time=incident.client_time,
    )


def _place_name(place: Located) -> str:
    return f"{place.parent_zh}{place.division_zh}"


def _complete(
    opened: Opened,
    actor: Actor,
    source: str,
    contact: Contact,
    network: str,
    now: datetime,
) -> None:
    """The limits and the contact; whatever is refused here takes the case with it."""
    if actor.kind in (ActorKind.ANONYMOUS, ActorKind.RESIDENT):
        count_intake(
            what="event",
            network=network,
            phone=contact.phone,
            per_network=rules.REPORTS_PER_NETWORK,
            per_phone=rules.REPORTS_PER_PHONE,
            now=now,
        )
    person_id = _person(actor, contact, source, now)
    if person_id is not None:
        opened.case.person_id = person_id
        opened.case.save(update_fields=["person"])


def _person(actor: Actor, contact: Contact, source: str, now: datetime) -> UUID | None:
    if contact:
        today = localtime(now).date()
        notice = notice_shown(NOTICE_OF[source], contact.notice, today)
        made = create_person(
            name=contact.name, phone=contact.phone, source=f"reporter:{source}", purpose="reply", notice=notice,
            basis="PIPL 13(1)", expires=localtime(now + rules.CONTACT_AT_MOST).date(), now=now,
        )  # fmt: skip
        return made.pk
    return UUID(actor.id) if actor.kind is ActorKind.RESIDENT else None
