"""What the inspector decides about a warning: the order to pay, and the proof that it was paid."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules import CITY_ZONE, city_date
from cases.engine import Applied, Ask, Photo, apply_all, lock
from ledger.actors import Actor
from ledger.clock import app_now
from wages import rules
from wages.models import WageWarning


@transaction.atomic(durable=True)
def order_payment(
    *,
    actor: Actor,
    case_id: int,
    expected_version: int,
    amount: Decimal,
    pay_until: date,
    reason: str,
    assignment_id: int | None = None,
) -> Applied:
    """Order the firm to pay by a day (责令限期支付), after it was heard; the limit runs until the end of that day.

    Arguments:
        amount: yuan.

    Raises:
        ValidationError: {"pay_until": …, "amount": …, "note": …}. CaseMoved, NotPermitted: see cases.engine.apply.
    """
    now = app_now()
    faults = rules.order_fault(city_date(now), pay_until, amount)
    if faults:
        raise ValidationError(faults)
    move = lock(case_id, actor=actor, now=now)
    data = {"pay_until": pay_until.isoformat(), "amount": str(amount), "days": str(_days(now, pay_until))}
    ask = Ask("order", note=reason, assignment_id=assignment_id, data=data)
    done = apply_all(case_id=case_id, asks=[ask], actor=actor, now=now, expected_version=expected_version, move=move)
    WageWarning.objects.filter(pk=case_id).update(
        ordered_on=city_date(now), ordered_amount=amount, pay_until=pay_until, paid_amount=None
    )
    return done


def _days(now: datetime, until: date) -> Decimal:
    """From now to the last minute of a day in the city, in calendar days, precise to a second."""
    end = datetime.combine(until, time(23, 59), CITY_ZONE)
    days = Decimal((end - now).total_seconds()) / Decimal(86400)
    return days.quantize(Decimal("0.000001"), rounding="ROUND_CEILING")


@transaction.atomic(durable=True)
def record_payment(
    *,
    actor: Actor,
    case_id: int,
    expected_version: int,
    amount: Decimal,
    photos: Sequence[UUID],
    note: str,
    assignment_id: int | None = None,
) -> Applied:
    """Record the proof of payment (bank slip, receipts): a photo, the amount it proves, and what was looked at.

    Arguments:
        amount: yuan, above nothing. photos: ids of stored files.

    Raises:
        ValidationError: keyed by field. CaseMoved, NotPermitted: see cases.engine.apply.
    """
    now = app_now()
    if amount <= 0:
        raise ValidationError({"amount": _("Say how many yuan are proven.")})
    move = lock(case_id, actor=actor, now=now)
    ask = Ask(
        "record_payment",
        note=note,
        assignment_id=assignment_id,
        data={"amount": str(amount)},
        photos=[Photo(file, "after") for file in photos],
    )
    done = apply_all(case_id=case_id, asks=[ask], actor=actor, now=now, expected_version=expected_version, move=move)
    WageWarning.objects.filter(pk=case_id).update(paid_amount=amount)
    return done
