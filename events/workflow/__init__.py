"""The workflow of an incident: seven links from the street to closure (domain 1.6), with its six return rules.

1. the dispatcher returns to the acceptance officer who filed ("not our bureau");
2. the department returns to the dispatcher ("not our duty"), only after calling back the person assigned;
3. the handler returns to his department, only before he submits;
4. the department returns to the handler, after he submitted;
5. sent back to the same department after feedback: rework, counted;
6. who receives a returned case may not push it on past his own link: `returned`, `department_returned` and
   `rework_pending` have no way to closing.
"""

from cases.workflow import Routing, Workflow
from events.workflow.handling import HANDLING
from events.workflow.intake import INTAKE
from events.workflow.states import FINAL, LINKS, OPEN, STAGES, STATES, STEPS
from events.workflow.verification import VERIFICATION

__all__ = ["EVENT", "FINAL", "OPEN"]

EVENT = Workflow(
    kind="event",
    version=1,
    initial="reported",
    links=LINKS,
    states=STATES,
    steps=STEPS,
    transitions=(*INTAKE, *HANDLING, *VERIFICATION),
    opens=("intake",),
    stages=STAGES,
    routing=Routing(step="handle", automatic=("file", "dispatch"), unrouted="call_duty_chief", waiting=("reported",)),
)
