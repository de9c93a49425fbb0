"""Everything that writes to the kernel: one durable transaction each, with the actor; promise handlers run in
ledger's.
"""

from cases.actions.editions import draft_rules, remove_rule, save_rule
from cases.actions.flood import count_intake
from cases.actions.following import follow_paths, regrid_step
from cases.actions.handing import hand_over_work
from cases.actions.moving import claim, hand_over, mark_seen, move_case
from cases.actions.people import (
    end_person_fact,
    note_export,
    note_simulation_export,
    record_person_fact,
    reveal_contact,
    reveal_person_facts,
)
from cases.actions.routing import route_case, route_cases
from cases.actions.rule_loading import load_rules
from cases.actions.sweeping import free_steps, sweep_deadlines
from cases.actions.talking import attach, comment, release, reply, supervise, urge, watch, withdraw
from cases.actions.telling import child_closed, tell, tell_deadline

__all__ = [
    "attach",
    "child_closed",
    "claim",
    "comment",
    "count_intake",
    "draft_rules",
    "end_person_fact",
    "follow_paths",
    "free_steps",
    "hand_over",
    "hand_over_work",
    "load_rules",
    "mark_seen",
    "move_case",
    "note_export",
    "note_simulation_export",
    "record_person_fact",
    "regrid_step",
    "release",
    "remove_rule",
    "reply",
    "reveal_contact",
    "reveal_person_facts",
    "route_case",
    "route_cases",
    "save_rule",
    "supervise",
    "sweep_deadlines",
    "tell",
    "tell_deadline",
    "urge",
    "watch",
    "withdraw",
]
