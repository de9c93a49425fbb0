"""Named places where a test kills the process (kill -9), to prove that nothing is lost there."""

import os
import signal

_WANTED = os.environ.get("FAULT_POINT", "")


def point(name: str) -> None:
    """Do nothing, unless the environment variable FAULT_POINT names this place: then die at once, without cleaning up.

    Arguments:
        name: unique, "<app>.<function>.<before or after what>".
    """
    if _WANTED and name == _WANTED:
        os.kill(os.getpid(), signal.SIGKILL)
