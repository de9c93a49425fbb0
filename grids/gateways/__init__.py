"""What the territory asks of geopandas, always in a process of its own."""

from grids.gateways.layers import BYTES_MOST, VERTICES_MOST, Feature, Layer, read_layer, second_check, write_package

__all__ = ["BYTES_MOST", "VERTICES_MOST", "Feature", "Layer", "read_layer", "second_check", "write_package"]
