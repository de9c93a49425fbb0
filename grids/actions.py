"""The only writer of the territory."""

from datetime import datetime

from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder


def load_divisions(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    return Change()


def load_town(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    return Change()


def load_duties(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    return Change()
