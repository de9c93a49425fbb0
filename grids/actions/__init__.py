"""The only writer of the territory: loaders called by load_city, drawing and publishing of boundaries."""

from grids.actions.catalogue import add_duty_kind, change_duty_kind, end_duty_kind
from grids.actions.change_sets import (
    begin_change_set,
    discard_set,
    publish_set,
    send_back_set,
    submit_set,
    withdraw_set,
)
from grids.actions.division_sheet import commit_divisions
from grids.actions.divisions import load_city_facts, load_divisions
from grids.actions.draft_checks import explain_warnings
from grids.actions.drafting import begin_draft, discard_draft, edit_draft, step_draft
from grids.actions.duties import load_duties
from grids.actions.duty_kinds import load_duty_kinds
from grids.actions.exporting import write_boundaries, write_things
from grids.actions.in_force import bring_into_force
from grids.actions.layer_reading import layer_choices, layer_preview, read_layer, upload_layer
from grids.actions.layers import commit_layer
from grids.actions.numbering import Misplaced
from grids.actions.operations import Edit
from grids.actions.proposing import propose, propose_set, propose_step, take_alternative, take_set
from grids.actions.publishing import publish_draft, send_back_draft, submit_draft, withdraw_draft
from grids.actions.rebasing import rebase_draft
from grids.actions.reversing import reverse_draft, reverse_set
from grids.actions.roster import (
    ask_for_blind_spots,
    assign_duty,
    end_absence,
    enter_absence,
    give_substitute,
    renew_feed,
    transfer_duties,
)
from grids.actions.thing_edit import correct_thing
from grids.actions.thing_reading import read_thing_file, thing_choices
from grids.actions.things import (
    commit_barriers,
    commit_buildings,
    commit_equipment,
    commit_parts,
    commit_premises,
    load_things,
    things_step,
)
from grids.actions.town import load_town

__all__ = [
    "Edit",
    "Misplaced",
    "add_duty_kind",
    "ask_for_blind_spots",
    "assign_duty",
    "begin_change_set",
    "begin_draft",
    "bring_into_force",
    "change_duty_kind",
    "commit_barriers",
    "commit_buildings",
    "commit_divisions",
    "commit_equipment",
    "commit_layer",
    "commit_parts",
    "commit_premises",
    "correct_thing",
    "discard_draft",
    "discard_set",
    "edit_draft",
    "end_absence",
    "end_duty_kind",
    "enter_absence",
    "explain_warnings",
    "give_substitute",
    "layer_choices",
    "layer_preview",
    "load_city_facts",
    "load_divisions",
    "load_duties",
    "load_duty_kinds",
    "load_things",
    "load_town",
    "propose",
    "propose_set",
    "propose_step",
    "publish_draft",
    "publish_set",
    "read_layer",
    "read_thing_file",
    "rebase_draft",
    "renew_feed",
    "reverse_draft",
    "reverse_set",
    "send_back_draft",
    "send_back_set",
    "step_draft",
    "submit_draft",
    "submit_set",
    "take_alternative",
    "take_set",
    "thing_choices",
    "things_step",
    "transfer_duties",
    "upload_layer",
    "withdraw_draft",
    "withdraw_set",
    "write_boundaries",
    "write_things",
]
