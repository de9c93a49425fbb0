"""Requests about one's own data: opened by the person, decided by a named official, carried out at once, with proof."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import close_accounts, correct_name, create_person, forget_contacts
from accounts.models import Person
from accounts.rules import city_date
from cases.engine import NewCase, apply, open_case, submission_hash
from cases.models import Case
from cases.rules import tracking_token
from ledger.actions import audit, reveal
from ledger.actors import CLOCK, Actor, ActorKind
from ledger.clock import app_now
from ledger.queries import notice_shown
from services.privacy import ASKS
from services.queries.privacy import asked, city_path, own_people

WORDS = 1000  # characters


@transaction.atomic(durable=True)
def ask_about_my_data(
    *, ask: str, words: str, right_name: str = "", notice: str = "", submission_key: str, actor: Actor
) -> str:
    """Open a request as a case. The same key again answers with the first one.

    Arguments:
        ask: a key of services.privacy.ASKS.
        words: what the person says; kept with the file.
        right_name: for "correct_name"; sealed, never in the case.
        notice: version shown beside the form.

    Returns:
        the token of the tracking page.

    Raises:
        PermissionDenied: not a resident.
        ValidationError: keyed by field.
    """
    if actor.kind is not ActorKind.RESIDENT:
        raise PermissionDenied
    now = app_now()
    _check(ask, words, right_name)
    new = NewCase(
        kind="privacy_request",
        title=ASKS[ask][0],
        category=f"privacy/{ask}",
        source="public",
        path=city_path(),
        person_id=UUID(actor.id),
        answers={"ask": ask},
        note=words.strip(),
    )
    body = submission_hash([ask, words, right_name])
    opened = open_case(new, actor=actor, now=now, submission_key=submission_key, submission_hash=body)
    if not opened.replayed and ask == "correct_name":
        proposal = create_person(
            name=right_name, source="resident", purpose="correction", basis="PIPL 46", expires=city_date(now),
            notice=notice_shown("privacy_request", notice, city_date(now)), now=now,
        )  # fmt: skip
        opened.case.answers = {**opened.case.answers, "proposal": str(proposal.pk)}
        opened.case.save(update_fields=["answers"])
    return tracking_token(opened.case.pk, settings.KEYS.token)


def _check(ask: str, words: str, right_name: str) -> None:
    faults: dict[str, str] = {}
    if ask not in ASKS:
        faults["ask"] = _("Choose what you ask for.")
    if len(words) > WORDS:
        faults["words"] = _("Please keep it below %(limit)s characters.") % {"limit": WORDS}
    if ask == "correct_name" and not 1 <= len(right_name.strip()) <= 40:
        faults["right_name"] = _("Write the name as it should be.")
    if faults:
        raise ValidationError(faults)


def settle_privacy(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise "services.privacy", after a decision: carry a granted request out and write what was done into the
    history and the audit; of one that was not granted only the proposed name is erased."""
    case = Case.objects.get(pk=payload["case"])
    proposal = Person.objects.filter(pk=case.answers.get("proposal"), erased_at=None).first()
    if case.state == "to_do":
        done = _carry_out(case, proposal, now)
        apply(case_id=case.pk, transition="carried_out", actor=CLOCK, now=now, expected_version=case.version, data=done)
        audit(actor=CLOCK, action="privacy.done", object_kind="case", object_id=case.pk, data=done, now=now)
    if proposal is not None:
        forget_contacts(ids=[proposal.pk], now=now)


def _carry_out(case: Case, proposal: Person | None, now: datetime) -> dict[str, Any]:
    """The erasure or correction itself. Returns the proof: what, of how many rows."""
    people = own_people(str(case.person_id or ""))
    ask = asked(case)
    if ask == "close_account":
        close_accounts(ids=people, now=now)
    elif ask == "erase_contacts":
        people = [person for person in people if person != case.person_id]
        forget_contacts(ids=people, now=now)
    elif proposal is not None:
        name = reveal(
            actor=CLOCK,
            subject_kind="person",
            subject_id=str(case.person_id),
            values={"name": proposal.name},
            purpose="correction",
            case_id=case.pk,
            now=now,
        )["name"]
        correct_name(ids=people, name=name, provenance=proposal.provenance["name"])
    return {"ask": ask, "people": len(people), "left": Person.objects.filter(pk__in=people, erased_at=None).count()}


@transaction.atomic(durable=True)
def export_my_data(*, actor: Actor) -> dict[str, dict[str, str]]:
    """Own values in clear, for the copy a person may have (PIPL 45); this look too is in the log.

    Returns:
        person id → field → clear text.

    Raises:
        PermissionDenied: not a resident.
    """
    if actor.kind is not ActorKind.RESIDENT:
        raise PermissionDenied
    now = app_now()
    found: dict[str, dict[str, str]] = {}
    for person in Person.objects.filter(pk__in=own_people(actor.id), erased_at=None):
        values = {field: getattr(person, field) for field in ("name", "phone", "id_number") if getattr(person, field)}
        if values:
            found[str(person.pk)] = reveal(
                actor=actor, subject_kind="person", subject_id=person.pk, values=values, purpose="own_copy", now=now
            )
    return found
