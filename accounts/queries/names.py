"""Who stands behind an actor that was written down as "member:12"."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import ApiClient, User


def actor_names(written: Iterable[str]) -> dict[str, str]:
    """Names for the screen; at most two statements.

    Arguments:
        written: "<kind>:<id>", for example "member:12" or "client:city-folder"; "" has no name.
    """
    wanted = {name for name in written if name}
    english = (get_language() or "").startswith("en")
    users = User.objects.in_bulk(_ids(wanted, "member"))
    clients = ApiClient.objects.in_bulk(_ids(wanted, "client"))
    found = {f"member:{pk}": _user(user, english) for pk, user in users.items()}
    found |= {f"client:{pk}": client.name for pk, client in clients.items()}
    found |= {"client:city-folder": _("the city folder"), "clock:": _("the system")}
    return {name: found.get(name, name) for name in wanted}


def _ids(written: set[str], kind: str) -> list[int]:
    parts = (name.partition(":") for name in written)
    return [int(number) for found, _colon, number in parts if found == kind and number.isdecimal()]


def _user(user: User, english: bool) -> str:
    return (user.display_name_en if english else "") or user.display_name or user.username
