"""Contact details leave so many days after the closing (design 6); the case keeps its story without them."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.actions import forget_contacts
from cases.models import Case
from events.models import Report

BATCH = 200


def erase_contacts(*, now: datetime) -> bool:
    """Periodic job, in ledger's transaction: erase the contacts of cases closed 90 days ago, some hundred at a time.

    A person who has reported another case that is still open or younger keeps the contact until then.

    Returns:
        True if there is more to do.
    """
    before = now - timedelta(days=settings.CONTACT_DAYS)
    due = list(
        Report.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            case__closed=True,
            case__closed_at__lte=before,
            contact_erased_at=None,
            case__person__isnull=False,
        )
        .order_by("case_id")[:BATCH]
    )
    people = set(Case.objects.filter(report__in=due).values_list("person_id", flat=True))
    wanted = Case.objects.filter(person_id__in=people).exclude(closed=True, closed_at__lte=before)
    people -= set(wanted.values_list("person_id", flat=True))
    forget_contacts(person_ids=people, now=now)
    Report.objects.filter(pk__in=[report.pk for report in due]).update(contact_erased_at=now)
    return len(due) == BATCH
