"""Rows of the retention table that are due."""

from datetime import datetime

from django.db.models import QuerySet

from events.models import Intake
from ledger.queries import retention_days


def old_intake(*, now: datetime) -> QuerySet[Intake]:
    """Counts of reports per network and phone whose day is over."""
    return Intake.objects.filter(hour__lt=now - retention_days("events.intake")).order_by("pk")
