"""First lines of every process that touches a foreign file or draws a PDF: load the tool, shut the door, begin.

Runs with `python -I`, so without our packages, settings or keys in reach; the standard library and locked packages
only. The tool is imported and warmed up (what it loads only when used) before the rights are given up: its library may
lie where nobody else may read.
"""

import errno
import importlib
import json
import os
import resource
import sys
from pathlib import Path

OUT_OF_MEMORY, OUT_OF_ROOM = 97, 96


def main() -> int:
    tool, options = sys.argv[1], json.loads(sys.argv[2])
    sys.path.insert(0, str(Path(__file__).parent))
    module = importlib.import_module(tool)
    module.warm_up(options)
    shut_in(options["limits"])
    try:
        module.main(options, sys.stdin.buffer, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except MemoryError:
        return OUT_OF_MEMORY
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return OUT_OF_ROOM
    return 0


def shut_in(limits: dict[str, int]) -> None:
    """Time, memory, size of what is written, no children; another user if we may choose one."""
    if limits["uid"]:
        os.setgroups([])
        os.setgid(limits["uid"])
        os.setuid(limits["uid"])
    wanted = (
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["output"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    )
    for which, value in wanted:
        resource.setrlimit(which, (value, value))
    if not limits["threads"]:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
