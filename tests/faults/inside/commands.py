"""Runs a command of the platform for each line that comes in: no scenario pays for a start of Python. JSON out."""

import io
import json
import sys

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connection  # noqa: E402

for line in sys.stdin:
    said = io.StringIO()
    try:
        call_command(*line.split(), stdout=said)
        print(json.dumps({"done": True, "said": said.getvalue()}), flush=True)
    except CommandError as refused:
        print(json.dumps({"done": False, "said": f"{said.getvalue()} {refused}"}), flush=True)
    finally:
        connection.close()
