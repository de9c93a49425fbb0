"""Says that a way of shutting in works here: whether this process still sees a network, and as whom it runs."""

import json
import os
import socket
from typing import Any, BinaryIO


def warm_up(options: dict[str, Any]) -> None:
    """Nothing is loaded late."""


def main(options: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Write the names of the network interfaces and the user id."""
    interfaces = [name for _number, name in socket.if_nameindex()]
    target.write(json.dumps({"interfaces": interfaces, "uid": os.getuid()}).encode())
