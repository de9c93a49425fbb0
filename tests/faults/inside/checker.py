"""Runs `check_invariants` each time a line comes in: a scenario does not pay for a start of Python. JSON out."""

import io
import json
import sys

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connection  # noqa: E402

for _ in sys.stdin:
    said = io.StringIO()
    try:
        call_command("check_invariants", stdout=said)
        print(json.dumps({"holds": True, "said": said.getvalue()}), flush=True)
    except CommandError as breach:
        print(json.dumps({"holds": False, "said": f"{said.getvalue()} {breach}"}), flush=True)
    finally:
        connection.close()
