"""P13: two officers decide differently on the same page of the same case. Arguments: submission keys of the cases."""

import json
import sys

import django

django.setup()

from django.core.exceptions import ValidationError  # noqa: E402

from cases.actions import move_case  # noqa: E402
from cases.engine import CaseMoved  # noqa: E402
from cases.models import Assignment, Case  # noqa: E402
from tests.faults.inside.staff import acceptors, together  # noqa: E402


def main(keys: list[str]) -> dict[str, object]:
    cases = list(Case.objects.filter(submission_key__in=keys).order_by("pk"))
    step = Assignment.objects.filter(case=cases[0], open=True).order_by("pk")[0]
    first, second = acceptors(step.department_id, 2)
    made, detected, blind = [], [], 0
    unexpected: list[BaseException] = []
    for case in cases:
        try:
            move_case(number=case.number, transition="reject", actor=first, expected_version=None, note="rig")
        except ValidationError:
            blind += 1

        def decide(actor: object, transition: str, case: Case = case) -> None:
            try:
                move_case(
                    number=case.number,
                    transition=transition,
                    actor=actor,  # type: ignore[arg-type]
                    expected_version=case.version,
                    note="rig",
                )
                made.append(case.pk)
            except CaseMoved:
                detected.append(case.pk)

        unexpected += together(
            [lambda decide=decide: decide(first, "reject"), lambda decide=decide: decide(second, "transfer")]
        )
    return {
        "cases": len(cases),
        "made": len(made),
        "detected": len(detected),
        "once_each": len(set(made)) == len(made) and set(made) == set(detected) == {case.pk for case in cases},
        "blind_refused": blind,
        "unexpected": [repr(error) for error in unexpected],
    }


print(json.dumps(main(sys.argv[1:])))
