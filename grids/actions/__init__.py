"""The only writer of the territory. Called by load_city, in the order of the registered parts."""

from grids.actions.divisions import load_city_facts, load_divisions
from grids.actions.duties import load_duties
from grids.actions.town import load_town

__all__ = ["load_city_facts", "load_divisions", "load_duties", "load_town"]
