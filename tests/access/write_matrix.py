"""`python -m tests.access.write_matrix`: write the routes of matrix.yaml as they are now; review the difference."""

import os

import django
import yaml

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.access.routes import EXPECTED, expected, routes  # noqa: E402


def main() -> None:
    text = EXPECTED.read_text(encoding="utf-8")
    head = text[: text.index("\nroutes:")]
    lines = {route.key: route.rule_text for route in routes()}
    body = yaml.safe_dump({"routes": dict(sorted(lines.items()))}, allow_unicode=True, sort_keys=False, width=120)
    EXPECTED.write_text(f"{head}\n{body}", encoding="utf-8")
    assert expected()["routes"] == lines


if __name__ == "__main__":
    main()
