"""``python3 -m govplatform.runtime <verb>``: what the Makefile, the container file and the tests call."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place that runs on whatever is there
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])

from govplatform.runtime.console import Refusal, fail
from govplatform.runtime.verbs import main

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        fail(str(refusal), 2)
    except KeyboardInterrupt:
        sys.exit(130)
