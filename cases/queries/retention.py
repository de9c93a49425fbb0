"""Whose identity is no longer needed: nobody's while a case of theirs is open, young, or under a legal hold."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from accounts.models import Person
from cases.models import Case, Intake
from ledger.queries import held, retention_days

# what only hangs on a person; a row of any other table (a worker on a pay line, an applicant) keeps its identity
LIGHT = {"cases.Case", "accounts.User", "accounts.Notice"}


def contacts_due(*, now: datetime) -> QuerySet[Person]:
    """People without an account all of whose cases were closed so long ago (design 6: 90 days)."""
    before = now - retention_days("cases.contact")
    people = Person.objects.filter(created_at__lte=before, user=None, erased_at=None, cases__isnull=False)
    needed = Q(closed=False) | Q(closed_at__gt=before) | Q(closed_at=None)
    return _free(people, needed).distinct().order_by("created_at")


def idle_residents(*, now: datetime) -> QuerySet[Person]:
    """Residents who have not signed in for so long and have no open case."""
    before = now - retention_days("cases.resident")
    last = Q(user__last_login__lt=before) | Q(user__last_login=None, user__date_joined__lt=before)
    return _free(Person.objects.filter(last, created_at__lte=before, erased_at=None), Q(closed=False)).order_by("pk")


def kept_elsewhere(ids: Collection[UUID], *, besides: Collection[str] = ()) -> set[UUID]:
    """Those of these people whose identity belongs to a record that is kept (a wage roster, a licence): it is
    corrected there, and no request erases it before its time (PIPL 47).

    Arguments:
        besides: labels of further models that keep nobody.
    """
    kept = Q(pk__in=())
    for related in Person._meta.related_objects:
        if related.related_model._meta.label not in {*LIGHT, *besides} and related.name:
            kept |= Q(**{f"{related.name}__isnull": False})
    return set(Person.objects.filter(kept, pk__in=ids).values_list("pk", flat=True))


def _free(people: QuerySet[Person], needed: Q) -> QuerySet[Person]:
    held_cases = Q(text__in=held("case"))
    cases = Case.objects.filter(person=OuterRef("pk")).annotate(text=Cast("pk", CharField()))
    found = people.filter(~Exists(cases.filter(needed | held_cases)))
    found = found.annotate(text=Cast("pk", CharField())).exclude(text__in=held("person"))
    for related in Person._meta.related_objects:
        if related.related_model._meta.label not in LIGHT and related.name:
            found = found.filter(**{f"{related.name}__isnull": True})
    return found


def old_intake(*, now: datetime) -> QuerySet[Intake]:
    """Counts of what the public filed per network and phone whose day is over."""
    return Intake.objects.filter(hour__lt=now - retention_days("cases.intake")).order_by("pk")
