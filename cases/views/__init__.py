"""The desk: lists, case file, moves, rules."""

from cases.views.file import case_file, comment, contact, preview, watch
from cases.views.lists import inbox, photo, queue, tile
from cases.views.moves import claim, hand_over, move, urge

__all__ = [
    "case_file",
    "claim",
    "comment",
    "contact",
    "hand_over",
    "inbox",
    "move",
    "photo",
    "preview",
    "queue",
    "tile",
    "urge",
    "watch",
]
