"""What the territory asks of heavy libraries, always in a process of its own."""

from grids.gateways.compiler import NoAnswer, compile_grids
from grids.gateways.layers import Layer, read_layer, second_check, write_layer, write_shapes

__all__ = ["Layer", "NoAnswer", "compile_grids", "read_layer", "second_check", "write_layer", "write_shapes"]
