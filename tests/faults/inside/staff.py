"""People for the scenarios that need several at once, and a way to let them act at the same moment."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Department, Membership, Role, User
from ledger.actors import Actor, ActorKind


def acceptors(department_id: int, count: int) -> list[Actor]:
    """So many acceptance officers of a department, made when they are not there yet."""
    role = Role.objects.get(code="acceptor")
    department = Department.objects.get(pk=department_id)
    found = []
    for number in range(count):
        user, _ = User.objects.get_or_create(username=f"rig-{number}", defaults={"display_name": f"Rig {number}"})
        hat, _ = Membership.objects.get_or_create(
            user=user,
            department=department,
            role=role,
            territory=department.territory,
            defaults={"valid": DateRange(date(2020, 1, 1), None)},
        )
        found.append(
            Actor(
                kind=ActorKind.MEMBER,
                id=str(user.pk),
                department_id=department.pk,
                membership_id=hat.pk,
                role=role.code,
                rights=frozenset(role.rights),
                territory=hat.territory,
                label=user.display_name,
            )
        )
    return found


def together(works: Sequence[Callable[[], None]]) -> list[BaseException]:
    """Run all at the same moment, each with a connection of its own; what they did not expect comes back."""
    barrier = threading.Barrier(len(works))
    unexpected: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            barrier.wait(timeout=20)
            work()
        except BaseException as error:
            unexpected.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return unexpected


def clocked(work: Callable[[], object], seconds: list[float]) -> object:
    """The result, and how long it took."""
    begin = time.monotonic()
    try:
        return work()
    finally:
        seconds.append(time.monotonic() - begin)
