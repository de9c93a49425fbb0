"""P12: officers of one department all want the same tasks. Arguments: officers, submission keys of the tasks."""

import json
import random
import sys
from collections import Counter

import django

django.setup()

from cases.actions import claim  # noqa: E402
from cases.engine import CaseMoved  # noqa: E402
from cases.models import Assignment  # noqa: E402
from ledger.actors import Actor  # noqa: E402
from tests.faults.inside.staff import acceptors, clocked, together  # noqa: E402


def main(officers: int, keys: list[str]) -> dict[str, object]:
    tasks = list(Assignment.objects.filter(case__submission_key__in=keys, open=True, holder=None).order_by("pk"))
    crew = acceptors(tasks[0].department_id, officers)
    won: Counter[int] = Counter()
    named: Counter[int] = Counter()
    seconds: list[float] = []

    def work(actor: Actor) -> None:
        order = tasks[:]
        random.Random(actor.id).shuffle(order)
        for task in order:
            try:
                clocked(lambda task=task: claim(assignment_id=task.pk, actor=actor, expected_version=0), seconds)
                won[task.pk] += 1
            except CaseMoved as refusal:
                named[task.pk] += refusal.by.startswith("Rig ")

    unexpected = together([lambda actor=actor: work(actor) for actor in crew])
    return {
        "tasks": len(tasks),
        "winners": sorted(set(won.values())),
        "won": len(won),
        "losers_who_were_told_by_whom": sum(named.values()),
        "p95": sorted(seconds)[int(len(seconds) * 0.95)],
        "unexpected": [repr(error) for error in unexpected],
    }


print(json.dumps(main(int(sys.argv[1]), sys.argv[2:])))
