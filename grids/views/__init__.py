"""Pages of the territory. Thin: rows come from queries and tiles."""

from grids.views.pages import addresses, at_json, desk, map_config, poster, posting, posting_list, tile

__all__ = ["addresses", "at_json", "desk", "map_config", "poster", "posting", "posting_list", "tile"]
