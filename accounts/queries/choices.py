"""Choices of forms and filters, in the reader's language."""

from django.utils.translation import get_language

from accounts.access import visible_to
from accounts.kinds import SCOPES
from accounts.models import Department, Role, User
from ledger.actors import Actor

Choice = tuple[str, str]


def _english() -> bool:
    return (get_language() or "").startswith("en")


def role_choices() -> list[Choice]:
    """Code and name of every role."""
    name = "name_en" if _english() else "name_zh"
    return list(Role.objects.order_by("pk").values_list("code", name))


def department_choices(actor: Actor) -> list[Choice]:
    """Id and name of the active departments in the actor's territory."""
    name = "name_en" if _english() else "name_zh"
    rows = visible_to(actor, Department.objects.filter(active=True, territory__startswith=actor.territory or "-"))
    return [(str(pk), text) for pk, text in rows.order_by("territory", "code").values_list("pk", name)]


def scope_choices() -> list[Choice]:
    """Code and name of every scope of an API client."""
    return [(code, names[1] if _english() else names[0]) for code, names in SCOPES.items()]


def user_choice(actor: Actor, username: str) -> int | None:
    """Id of a user the actor may see, by exact user name."""
    return visible_to(actor, User.objects.filter(username=username)).values_list("pk", flat=True).first()
