"""Secrets into the paths whose pages need a whole town: a service application and a wage claim, by their actions.

Arguments: name, citizen number, phone, address. Prints which paths were walked.
"""

import importlib
import importlib.util
import json
import sys
from datetime import date
from typing import Any

import django

django.setup()

from accounts.models import User  # noqa: E402
from accounts.queries import presence_of_user  # noqa: E402
from ledger.actors import ANONYMOUS, Actor  # noqa: E402
from ledger.clock import app_now  # noqa: E402
from services import actions as services  # noqa: E402
from services import queries as catalogue  # noqa: E402

SENIOR = "379999020001"


def application(actor: Actor, name: str, id_number: str, phone: str, address: str) -> None:
    """A complete one would need papers: a saved draft holds the same answers, and the refusal of the rest is a path."""
    item = catalogue.item_by_code(SENIOR, app_now())
    assert item is not None
    person = {"name": name, "id_number": id_number, "phone": phone}
    answers: dict[str, Any] = {"elder": person, "by_relative": "no", "address": address, "card_type": "70"}
    key = f"canary-{id_number[-4:]}"
    asked = services.Application(code=SENIOR, edition=item.edition, answers=answers, materials={})
    try:
        services.apply_for(actor=actor, application=asked, submission_key=key)
    except Exception as refused:
        print(type(refused).__name__, file=sys.stderr)


def claim(name: str, phone: str) -> None:
    wages = importlib.import_module("wages.actions")
    said = wages.Claim(employer="示例建设有限公司", first=date(2026, 9, 1), last=date(2026, 10, 1))
    wages.file_claim(
        actor=ANONYMOUS, claim=said, submission_key="canary-claim", contact=wages.claims.Contact(name=name, phone=phone)
    )


def main(name: str, id_number: str, phone: str, address: str) -> list[str]:
    resident = presence_of_user(User.objects.get(username="resident"), None).actor
    application(resident, name, id_number, phone, address)
    walked = ["service"]
    if importlib.util.find_spec("wages.actions") is not None:
        claim(name, phone)
        walked.append("claim")
    return walked


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
