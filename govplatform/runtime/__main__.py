"""``python3 -m govplatform.runtime <verb>``."""

import shlex
import sys

from govplatform.runtime.console import Refusal, fail
from govplatform.runtime.paths import here
from govplatform.runtime.servers import start_servers, stop_servers


def main(argv: list[str]) -> int:
    paths = here()
    if argv == ["services", "up"]:
        start_servers(paths)
        return 0
    if argv == ["services", "down"]:
        stop_servers(paths)
        return 0
    if argv == ["env"]:
        print(f"export DATABASE_URL={shlex.quote(paths.database_url())}")
        print(f"export REDIS_URL={shlex.quote(paths.redis_url())}")
        return 0
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        fail(str(refusal), 2)
