"""What the territory asks of geopandas, always in a process of its own."""

from grids.gateways.layers import Layer, read_layer, second_check, write_layer

__all__ = ["Layer", "read_layer", "second_check", "write_layer"]
