"""What several views of accounts share."""

from collections.abc import Iterable

from allauth.account.utils import perform_login
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.access import ActorRequest


def own_path(request: ActorRequest, target: str, fallback: str) -> str:
    """`target` if it leads to a page of this site, else `fallback`."""
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return fallback


def signed_in_as(request: ActorRequest, user: AbstractBaseUser, *, method: str, target: str) -> HttpResponse:
    """Sign a user in through allauth's stages (second factor, session list) and go on to `target`."""
    response: HttpResponse = perform_login(request, user, redirect_url=target, signal_kwargs={"method": method})
    return response


def take_over(form: Form, error: ValidationError) -> None:
    """Show an action's refusal beside the fields it names."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)


def chips(request: ActorRequest, *lists: tuple[str, str, Iterable[tuple[str, str]]]) -> list[dict[str, object]]:
    """Filters for components/filters.html.

    Arguments:
        lists: (parameter, label, choices) each.
    """
    found = []
    for key, label, choices in lists:
        chosen = request.GET.get(key, "")
        options = [(str(value), str(text)) for value, text in [("", _("All")), *choices]]
        words = dict(options).get(chosen, _("All"))
        found.append(
            {
                "key": key,
                "label": label,
                "value": words,
                "on": bool(chosen),
                "options": [
                    {"label": text, "chosen": value == chosen, "url": _url(request, key, value)}
                    for value, text in options
                ],
            }
        )
    return found


def _url(request: ActorRequest, key: str, value: str) -> str:
    query = request.GET.copy()
    for name in (key, "after"):
        query.pop(name, None)
    if value:
        query[key] = value
    return f"{request.path}?{query.urlencode()}"


def chosen(request: ActorRequest, *names: str) -> dict[str, str]:
    """The named filters of the URL; a NUL or a monster of a value counts as empty."""
    values = {name: request.GET.get(name, "") for name in names}
    return {name: value if len(value) <= 100 and "\0" not in value else "" for name, value in values.items()}
