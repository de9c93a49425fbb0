"""Requests about one's own data: opened by the person, decided by a named official, carried out at once, with proof."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import close_accounts, correct_people, create_person, forget_contacts, prove_phone
from accounts.models import Person
from accounts.queries import phone_has_account
from accounts.rules import city_date, normal_phone
from cases.engine import NewCase, answered, apply, open_case, submission_hash
from cases.models import Case
from cases.rules import tracking_token
from grids.actions.registry import erase_facts, show_facts
from ledger.actions import audit, reveal
from ledger.actors import CLOCK, Actor, ActorKind
from ledger.clock import app_now
from ledger.queries import notice_shown
from ledger.sealed import blind_index
from services.models import Draft
from services.privacy import ASKS, CORRECTS
from services.queries.privacy import asked, city_path, kept_people, proposed, sure_people

WORDS = 1000  # characters


def ask_about_my_data(
    *,
    ask: str,
    words: str,
    right: str = "",
    code_id: UUID | None = None,
    code: str = "",
    notice: str = "",
    submission_key: str,
    actor: Actor,
) -> str:
    """Open a request as a case. The same key again answers with the first one.

    Arguments:
        ask: a key of services.privacy.ASKS.
        words: what the person says; kept with the file.
        right: the value that shall stand, for one of services.privacy.CORRECTS; sealed, never in the case.
        code_id, code: of `accounts.actions.request_code` for the new number, for "correct_phone".
        notice: version shown beside the form.

    Returns:
        the token of the tracking page.

    Raises:
        PermissionDenied: not a resident.
        ValidationError: keyed by field.
    """
    if actor.kind is not ActorKind.RESIDENT:
        raise PermissionDenied
    column, field = CORRECTS.get(ask, ("", ""))
    _check(ask, words, right.strip(), field)
    body = submission_hash([ask, words, right])
    first = answered(submission_key, body)
    if first is not None:
        return tracking_token(first.case.pk, settings.KEYS.token)
    if ask == "correct_phone":  # in a transaction of its own: a wrong try counts whatever follows
        _prove(code_id, code, right)
    try:
        return _open(ask, words, {column: right} if column else {}, notice, submission_key, body, actor)
    except ValidationError as error:  # of the value: shown beside the field it was typed in
        faults = getattr(error, "error_dict", {})
        if column not in faults:
            raise
        raise ValidationError({field: faults[column]}) from None


def _check(ask: str, words: str, right: str, field: str) -> None:
    faults: dict[str, str] = {}
    if ask not in ASKS:
        faults["ask"] = _("Choose what you ask for.")
    if len(words) > WORDS:
        faults["words"] = _("Please keep it below %(limit)s characters.") % {"limit": WORDS}
    if ask == "other" and not words.strip():
        faults["words"] = _("Say what you ask for.")
    if field and not 1 <= len(right) <= 40:
        faults[field] = _("Write it as it should be.")
    if faults:
        raise ValidationError(faults)


def _prove(code_id: UUID | None, code: str, phone: str) -> None:
    if code_id is None or not prove_phone(code_id=code_id, typed=code, phone=phone):
        raise ValidationError({"code": _("This code does not prove the new number. Have one sent to it first.")})
    if phone_has_account(blind_index("phone", normal_phone(phone))):
        raise ValidationError({"right_phone": _("This number already opens an account.")})


@transaction.atomic(durable=True)
def _open(ask: str, words: str, right: dict[str, str], notice: str, key: str, body: str, actor: Actor) -> str:
    now = app_now()
    new = NewCase(
        kind="privacy_request",
        title=ASKS[ask][0],
        category=f"privacy/{ask}",
        source="public",
        path=city_path(),
        person_id=UUID(actor.id),
        answers={"ask": ask, **({"proof": "code"} if ask == "correct_phone" else {})},
        note=words.strip(),
    )
    opened = open_case(new, actor=actor, now=now, submission_key=key, submission_hash=body)
    if not opened.replayed and right:
        proposal = create_person(
            **right, source="resident", purpose="correction", basis="PIPL 46", expires=city_date(now),
            notice=notice_shown("privacy_request", notice, city_date(now)), now=now,
        )  # fmt: skip
        opened.case.answers = {**opened.case.answers, "proposal": str(proposal.pk)}
        opened.case.save(update_fields=["answers"])
    return tracking_token(opened.case.pk, settings.KEYS.token)


def settle_privacy(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise "services.privacy", after a decision: carry a granted request out and write what was done into the
    history and the audit; of one that was not granted only the proposed value is erased."""
    case = Case.objects.get(pk=payload["case"])
    proposal = proposed(case)
    if case.state == "to_do":
        done = _carry_out(case, proposal, now)
        apply(case_id=case.pk, transition="carried_out", actor=CLOCK, now=now, expected_version=case.version, data=done)
        audit(actor=CLOCK, action="privacy.done", object_kind="case", object_id=case.pk, data=done, now=now)
    if proposal is not None:
        forget_contacts(ids=[proposal.pk], now=now)


def _carry_out(case: Case, proposal: Person | None, now: datetime) -> dict[str, Any]:
    """The erasure or correction itself. Returns the proof: what, of how many identities; how many belong to a roster or
    a licence and were left; how many of those to erase are still there (none)."""
    ask, own = asked(case), case.person_id
    people = sure_people(str(own or ""))
    kept = kept_people(people) - {own}
    free = [person for person in people if person not in kept]
    done, erased = 0, []
    if ask == "close_account":
        Draft.objects.filter(person__in=free).delete()
        close_accounts(ids=free, now=now)
        erase_facts(people=free)
        erased = free
    elif ask == "erase_contacts":
        erased = [person for person in free if person != own]
        forget_contacts(ids=erased, now=now)
        erase_facts(people=people)
    elif proposal is not None:
        done = _correct(case, proposal, free, now)
    left = Person.objects.filter(pk__in=erased, erased_at=None).count()
    return {"ask": ask, "people": done or len(erased), "kept": len(kept), "left": left}


def _correct(case: Case, proposal: Person, people: list[UUID], now: datetime) -> int:
    """Put the right value where one is held. Returns in how many rows; none if the new number meanwhile opens another
    account: nobody may find himself in it.
    """
    column = CORRECTS[asked(case)][0]
    if column == "phone" and phone_has_account(proposal.phone_index):
        return 0
    text = reveal(
        actor=CLOCK, subject_kind="person", subject_id=str(case.person_id), values={column: getattr(proposal, column)},
        purpose="correction", case_id=case.pk, now=now,
    )[column]  # fmt: skip
    return correct_people(ids=people, field=column, text=text, provenance=proposal.provenance[column])


@transaction.atomic(durable=True)
def export_my_data(*, actor: Actor) -> dict[str, dict[str, str]]:
    """Own values in clear, for the copy a person may have (PIPL 45); this look too is in the log.

    A phone proves no citizen number: one that came with a form or a roster stays masked, and where one phone stands
    beside several, the names beside them too.

    Returns:
        person id → field → clear text.

    Raises:
        PermissionDenied: not a resident.
    """
    if actor.kind is not ActorKind.RESIDENT:
        raise PermissionDenied
    now = app_now()
    found: dict[str, dict[str, str]] = {}
    for person in Person.objects.filter(pk__in=sure_people(actor.id), erased_at=None):
        fields = ("name", "phone", "id_number") if str(person.pk) == actor.id else ("name", "phone")
        values = {field: getattr(person, field) for field in fields if getattr(person, field)}
        if values:
            found[str(person.pk)] = reveal(
                actor=actor, subject_kind="person", subject_id=person.pk, values=values, purpose="own_copy", now=now
            )
        facts = show_facts(person_id=person.pk, purpose="own_copy", case_id=None, actor=actor, now=now)
        if facts:
            found[str(person.pk)] = found.get(str(person.pk), {}) | facts
    return found
