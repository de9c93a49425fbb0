"""Makes a failed static check of ``make check`` part of pytest's verdict and closing line."""

import os

from govplatform.runtime.checks import FAILED_CHECKS


def test_no_static_check_before_this_run_failed() -> None:
    assert os.environ.get(FAILED_CHECKS, "") == ""
