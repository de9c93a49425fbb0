"""Rows of the retention table that are due. Libraries' tables too: they say nothing about how long they keep."""

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import QuerySet

from accounts.models import Notice, PhoneCode, StandInMessage
from ledger.queries import retention_days


def old_codes(*, now: datetime) -> QuerySet[PhoneCode]:
    return PhoneCode.objects.filter(created_at__lt=now - retention_days("accounts.phonecode")).order_by("created_at")


def old_stand_in_messages(*, now: datetime) -> QuerySet[StandInMessage]:
    return StandInMessage.objects.filter(at__lt=now - retention_days("accounts.standin")).order_by("pk")


def old_notices(*, now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(created_at__lt=now - retention_days("accounts.notice")).order_by("pk")


def old_sessions(*, now: datetime) -> "QuerySet[Any]":
    found: QuerySet[Any] = UserSession.objects.filter(last_seen_at__lt=now - retention_days("accounts.session"))
    return found.order_by("pk")


def old_accessattempts(*, now: datetime) -> "QuerySet[Any]":
    found: QuerySet[Any] = AccessAttempt.objects.filter(attempt_time__lt=now - retention_days("accounts.accessattempt"))
    return found.order_by("pk")


def old_accesslogs(*, now: datetime) -> "QuerySet[Any]":
    found: QuerySet[Any] = AccessLog.objects.filter(attempt_time__lt=now - retention_days("accounts.accesslog"))
    return found.order_by("pk")


def old_accessfailurelogs(*, now: datetime) -> "QuerySet[Any]":
    before = now - retention_days("accounts.accessfailurelog")
    found: QuerySet[Any] = AccessFailureLog.objects.filter(attempt_time__lt=before)
    return found.order_by("pk")
