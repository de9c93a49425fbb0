"""What the bench needs from inside Django, on its database: `python bench/inside.py verb arguments`, JSON out."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.actions import create_client  # noqa: E402
from accounts.kinds import SCOPES  # noqa: E402
from accounts.models import Department, Membership, User  # noqa: E402
from grids.models import BoundaryDraft, Division, DraftPart, DraftStep, GridVersion  # noqa: E402
from ledger.actions import start_job  # noqa: E402
from ledger.actors import CLOCK, Actor, ActorKind  # noqa: E402
from ledger.clock import app_now  # noqa: E402

CSRF = "b" * 32


class Counter:
    """Statements sent to the database, without BEGIN and COMMIT, which pass no cursor."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.sent.append(str(sql))
        return execute(sql, params, many, context)


def client() -> dict[str, Any]:
    """A new API client with every scope, made by the security administrator."""
    hat = Membership.objects.select_related("role", "user").filter(role__rights__contains=["accounts.memberships"])[0]
    actor = Actor(
        kind=ActorKind.MEMBER,
        id=str(hat.user_id),
        department_id=hat.department_id,
        membership_id=hat.pk,
        role=hat.role.code,
        rights=frozenset(hat.role.rights),
        territory=hat.territory,
    )
    city = Department.objects.filter(level="city").order_by("pk")[0]
    made, token = create_client(
        name="bench",
        scopes=sorted(SCOPES),
        department_id=city.pk,
        expires_at=app_now() + timedelta(days=365),
        actor=actor,
    )
    return {"token": token, "id": made.pk}


def session(username: str) -> dict[str, str]:
    """Cookie header of a signed-in member."""
    browser = Client()
    browser.force_login(User.objects.get(username=username))
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    return {"Cookie": cookie, "csrf": CSRF}


def statements(request: str) -> dict[str, Any]:
    """Send one request twice through the whole stack; statements of the second, with its status.

    Arguments:
        request: JSON with method, path, headers, body and perhaps, under "again", what to send the second time.
    """
    first = json.loads(request)
    counter = Counter()
    browser = Client(raise_request_exception=False)
    status = 0
    for item in (first, first.get("again", first)):
        headers = item.get("headers", {})
        counter.sent.clear()
        with connection.execute_wrapper(counter):
            answer = browser.generic(
                item.get("method", "GET"),
                item["path"],
                data=item.get("body", ""),
                content_type=headers.get("Content-Type", "application/json"),
                headers={name: value for name, value in headers.items() if name not in ("Content-Type", "csrf")},
            )
            status = answer.status_code
    return {"statements": len(counter.sent), "status": status, "sql": counter.sent}


def regrid() -> dict[str, Any]:
    """Begin the job of a change that took something from every grid the cases of bench_regrid name."""
    now, user = app_now(), User.objects.order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT grid_id FROM bench_regrid")
        grids = [row[0] for row in cursor.fetchall()]
    versions = list(GridVersion.objects.filter(grid__in=grids).select_related("grid", "scheme"))
    division = Division.objects.filter(outline__isnull=False, illustrative=True).order_by("pk")[0]
    facts = {"drafted_by": user, "drafted_at": now, "updated_at": now, "title": "bench", "position": 1}
    draft = BoundaryDraft.objects.create(division=division, scheme=versions[0].scheme, **facts)
    steps = [
        DraftStep.objects.create(draft=draft, number=number, operation=name, made_by=user, made_at=now)
        for number, name in enumerate(("begin", "end"))
    ]
    DraftPart.objects.bulk_create(
        DraftPart(step=steps[0], grid=v.grid, version=v, code=v.grid.code, type=v.grid.type, boundary=v.boundary)
        for v in versions
    )
    job = start_job(kind="cases.regrid", params={"draft": draft.pk}, actor=CLOCK, now=now)
    return {"job": str(job)}


if __name__ == "__main__":
    verbs: dict[str, Callable[..., dict[str, Any]]] = {
        "client": client,
        "session": session,
        "statements": statements,
        "regrid": regrid,
    }
    print(json.dumps(verbs[sys.argv[1]](*sys.argv[2:])))
