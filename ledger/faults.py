"""Named places where a test kills the process (kill -9), to prove that nothing is lost there."""

import os
import signal
from pathlib import Path

_WANTED = os.environ.get("FAULT_POINT", "")
_ARMED = os.environ.get("FAULT_POINT_FOLDER", "")


def point(name: str) -> None:
    """Do nothing, unless a test wants this process to die here: then die at once, without cleaning up.

    FAULT_POINT names the one place where every process dies. FAULT_POINT_FOLDER is a folder in which a file of the
    place's name arms it for the first process that comes by, so that servers need no restart between two places.

    Arguments:
        name: unique, "<app>.<function>.<before or after what>".
    """
    if name == _WANTED or (_ARMED and _disarm(Path(_ARMED) / name)):
        os.kill(os.getpid(), signal.SIGKILL)


def _disarm(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
