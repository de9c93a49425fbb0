"""Claims: anybody says wages are owed; a worker answers his own pay line, and a "no" is a claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.actions import create_person
from accounts.rules import city_date
from cases.actions import count_intake
from cases.engine import NewCase, Opened, Photo, contents, open_case, submission_hash
from cases.rules import tracking_token
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.queries import notice_shown
from wages import rules
from wages.actions.sheets import keep_figures
from wages.models import PayLine, Project, WageClaim
from wages.queries import city_root, my_worker_ids

NO_PROJECT = "用人单位见诉求"  # titles are kept in Chinese, like those of every case


@dataclass(frozen=True, slots=True)
class Contact:
    """How the claimant can be reached; both may be empty. Sealed before it reaches the database."""

    name: str = ""
    phone: str = ""
    notice: str = ""

    def __bool__(self) -> bool:
        return bool(self.name.strip() or self.phone.strip())

    def __repr__(self) -> str:
        return "<Contact>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is claimed.

    Arguments:
        project: code, "" if not known. employer: as the claimant names it, where there is no project.
        matter: of WageClaim.Matter. first, last: first days of the months concerned.
        amount: yuan, None if not known. people: how many it concerns.
        photos: ids of stored files.
    """

    project: str = ""
    employer: str = ""
    matter: str = "not_paid"
    first: date
    last: date
    amount: Decimal | None = None
    people: int = 1
    description: str = ""
    photos: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the claimant takes away. `token` opens the tracking page; it is stored nowhere."""

    case_id: int
    number: str
    token: str
    replayed: bool


@transaction.atomic(durable=True)
def file_claim(
    *, actor: Actor, claim: Claim, submission_key: str, contact: Contact = Contact(), network: str = ""
) -> Receipt:
    """File a claim. The same key with the same body answers with the first receipt and writes nothing.

    Arguments:
        network: address the request came from; counted, hashed.

    Raises:
        ValidationError: keyed by field; code "flood" when the limits are reached.
        cases.engine.SubmissionConflict: the key came before with another body.
    """
    now = app_now()
    project = _checked(claim, now)
    opened = _open(actor, claim, project, submission_key, _body(claim, contact), now)
    if not opened.replayed:
        if actor.kind in (ActorKind.ANONYMOUS, ActorKind.RESIDENT):
            count_intake(
                what="wage_claim",
                network=network,
                phone=contact.phone,
                per_network=rules.CLAIMS_PER_NETWORK,
                per_phone=rules.CLAIMS_PER_PHONE,
                now=now,
            )
        _keep(opened, claim, project, None)
        _keep_person(opened, actor, contact, now)
    return _receipt(opened)


def _checked(claim: Claim, now: datetime) -> Project | None:
    """The project of a claim.

    Raises:
        ValidationError: keyed by field, everything at once.
    """
    project = Project.objects.filter(code=claim.project).first() if claim.project else None
    limit = {"limit": rules.DESCRIPTION_LIMIT}
    faults = {
        "project": bool(claim.project) and project is None and _("There is no project with this code."),
        "employer": not claim.project
        and not claim.employer.strip()
        and _("Say for whom the work was done, or choose the project."),
        "matter": claim.matter not in WageClaim.Matter.values and _("Choose what it is about."),
        "last": rules.claim_fault(claim.first, claim.last, city_date(now)),
        "amount": claim.amount is not None
        and not 0 < claim.amount < 100_000_000
        and _("An amount above nothing, in yuan."),
        "people": not 1 <= claim.people <= 10_000 and _("At least one person."),
        "description": len(claim.description) > rules.DESCRIPTION_LIMIT
        and _("Please keep it below %(limit)s characters.") % limit,
        "photos": len(claim.photos) > rules.PHOTOS_PER_CLAIM
        and _("At most %(limit)s photos.") % {"limit": rules.PHOTOS_PER_CLAIM},
    }
    errors = {field: fault for field, fault in faults.items() if fault}
    if errors:
        raise ValidationError(errors)
    return project


def _body(claim: Claim, contact: Contact) -> str:
    return submission_hash(
        [claim.project, claim.employer, claim.matter, claim.first, claim.last, claim.amount, claim.people,
         claim.description, contents(claim.photos), contact.name, contact.phone]
    )  # fmt: skip


def _open(actor: Actor, claim: Claim, project: Project | None, key: str, body: str, now: datetime) -> Opened:
    """The title names project or nothing: what the claimant wrote is for those who handle it."""
    new = NewCase(
        kind="wage_claim",
        title=f"{project.name_zh if project else NO_PROJECT} {claim.first:%Y-%m}",
        category=f"wage_claim/{claim.matter}",
        source="public",
        path=project.path if project else city_root(),
        point=(project.point.x, project.point.y) if project else None,
        address=project.address if project else "",
        answers={"project": bool(project)},
    )
    photos = [Photo(file, "report") for file in claim.photos]
    return open_case(new, actor=actor, now=now, submission_key=key, submission_hash=body, photos=photos)


def _keep(opened: Opened, claim: Claim, project: Project | None, line: PayLine | None) -> None:
    WageClaim.objects.create(
        case=opened.case,
        project=project,
        line=line.pk if line else None,
        line_month=line.month if line else None,
        employer=claim.employer.strip()[:120],
        matter=claim.matter,
        first_month=claim.first,
        last_month=claim.last,
        amount=claim.amount,
        people=claim.people,
        description=claim.description.strip(),
    )


def _keep_person(opened: Opened, actor: Actor, contact: Contact, now: datetime) -> None:
    """Who claims: the contact given, else the resident who is signed in; known to those who must know."""
    if contact:
        person_id = create_person(
            name=contact.name, phone=contact.phone, source="claimant", purpose="reply", basis="PIPL 13(3)",
            expires=localtime(now + rules.CONTACT_AT_MOST).date(), now=now,
            notice=notice_shown("wage_claim", contact.notice, city_date(now)),
        ).pk  # fmt: skip
    elif actor.kind is ActorKind.RESIDENT:
        person_id = UUID(actor.id)
    else:
        return
    opened.case.person_id = person_id
    opened.case.save(update_fields=["person"])


def _receipt(opened: Opened) -> Receipt:
    token = tracking_token(opened.case.pk, settings.KEYS.token)
    return Receipt(opened.case.pk, opened.case.number, token, opened.replayed)


@transaction.atomic(durable=True)
def confirm_line(*, actor: Actor, line_id: int, month: date) -> None:
    """The worker says he got what the line says.

    Raises:
        PermissionDenied: not his line. ValidationError: nothing was paid by this line.
    """
    now = app_now()
    line = _own_line(actor, line_id, month)
    if line.paid <= 0:
        raise ValidationError(_("By this line nothing was paid; say so below if that is wrong."))
    _answer(line, PayLine.Answer.CONFIRMED, now)


@transaction.atomic(durable=True)
def dispute_line(
    *, actor: Actor, line_id: int, month: date, matter: str, amount: Decimal | None, text: str, submission_key: str
) -> Receipt:
    """The worker says it was not received or is wrong: a claim on his own line.

    Arguments:
        matter: of WageClaim.Matter. amount: yuan that are missing, None if not known.

    Raises:
        PermissionDenied: not his line. ValidationError: keyed by field.
    """
    now = app_now()
    line = _own_line(actor, line_id, month)
    claim = Claim(
        project=line.project.code, matter=matter, first=line.month, last=line.month, amount=amount, description=text
    )
    project = _checked(claim, now)
    opened = _open(actor, claim, project, submission_key, _body(claim, Contact()), now)
    if not opened.replayed:
        _keep(opened, claim, project, line)
        _keep_person(opened, actor, Contact(), now)
        _answer(line, PayLine.Answer.DISPUTED, now)
    return _receipt(opened)


def _own_line(actor: Actor, line_id: int, month: date) -> PayLine:
    """A line of the worker behind the phone; the same refusal for a foreign line and for none."""
    mine = PayLine.objects.select_for_update(of=("self",)).select_related("project")
    line = mine.filter(pk=line_id, month=month, worker__in=my_worker_ids(actor)).first()
    if line is None:
        raise PermissionDenied("line")
    return line


def _answer(line: PayLine, answer: str, now: datetime) -> None:
    PayLine.objects.filter(pk=line.pk, month=line.month).update(answer=answer, answered_at=now)
    keep_figures(project_id=line.project_id, month=line.month)
