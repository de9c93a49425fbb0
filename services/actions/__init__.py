"""The only writer of services: one durable transaction each, except what the ledger and the engine call in theirs."""

from services.actions.applying import Application, Receipt, apply_for, supply_matter, withdraw_matter
from services.actions.catalogue import export_items, load_items
from services.actions.checking import Verdict, check_by_number, check_by_token
from services.actions.deciding import ask_supplement, give_opinion, grant_matter, refuse_matter
from services.actions.drafts import drop_draft, own_draft, save_draft
from services.actions.editions import draft_catalogue, save_item
from services.actions.licences import revoke_licence
from services.actions.personal import reveal_answers

__all__ = [
    "Application",
    "Receipt",
    "Verdict",
    "apply_for",
    "ask_supplement",
    "check_by_number",
    "check_by_token",
    "draft_catalogue",
    "drop_draft",
    "export_items",
    "give_opinion",
    "grant_matter",
    "load_items",
    "own_draft",
    "refuse_matter",
    "reveal_answers",
    "revoke_licence",
    "save_draft",
    "save_item",
    "supply_matter",
    "withdraw_matter",
]
