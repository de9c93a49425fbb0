"""How well this machine can shut a subprocess in that reads foreign files."""

import os
import subprocess
from functools import cache

PROBE_SECONDS = 2


@cache
def isolation_level() -> str:
    """What a sandbox reaches here: "limits", with "+netns" if it gets no network, with "+user" if it runs as nobody.

    Probed once per process.
    """
    level = "limits"
    if _works(["unshare", "--net", "true"]) or _works(["unshare", "--user", "--map-root-user", "--net", "true"]):
        level += "+netns"
    if os.geteuid() == 0:
        level += "+user"
    return level


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
