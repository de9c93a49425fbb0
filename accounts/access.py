"""Who may call which view, and who may do what to a user, a department, a hat, a client or a notice.

Every route declares its rule with one of the decorators below; `accounts.middleware.CurrentActor` enforces it and the
access matrix (tests/access) walks the URL conf with the same table, so that a route without a rule fails the build.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models as orm
from django.db.models import Q
from django.http import HttpRequest

from accounts.kinds import Presence
from accounts.models import ApiClient, Department, Membership, Notice, User
from ledger import kinds
from ledger.actors import Actor, ActorKind

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row", bound=orm.Model)


class SignedOut(PermissionDenied):
    """A form of somebody whose session is over: nothing of it was done (401, with what was typed)."""


class ActorRequest(HttpRequest):
    """A request that has passed CurrentActor; views annotate their first argument with it."""

    actor: Actor
    presence: Presence


class Gate(StrEnum):
    """Ways into a view, from widest to none."""

    PUBLIC = "public"
    CAPABILITY = "capability"  # the link or cookie itself is the right; the view checks it and answers 404
    SIGNED_IN = "signed_in"
    MEMBER = "member"
    RIGHT = "right"
    CLIENT = "client"
    DEMO = "demo"  # public in demo mode, absent otherwise
    CLOSED = "closed"  # a third party's route we do not offer


@dataclass(frozen=True, slots=True)
class AccessRule:
    """The declared rule of one view; `rights` are alternatives (any one is enough)."""

    gate: Gate
    rights: tuple[str, ...] = ()

    def admits(self, actor: Actor) -> bool:
        """True if this actor may call the view at all; which objects it then sees is `visible_to`'s answer."""
        match self.gate:
            case Gate.PUBLIC | Gate.CAPABILITY | Gate.DEMO:
                return True
            case Gate.SIGNED_IN:
                return actor.kind in (ActorKind.MEMBER, ActorKind.RESIDENT)
            case Gate.MEMBER:
                return actor.membership_id is not None
            case Gate.RIGHT:
                return actor.membership_id is not None and any(actor.may(right) for right in self.rights)
            case Gate.CLIENT:
                return actor.kind is ActorKind.CLIENT and any(actor.may(right) for right in self.rights)
            case Gate.CLOSED:
                return False


@dataclass(frozen=True, slots=True)
class Decision:
    """Answer of every `can()`; `reason` is a code for the screen when the answer is no."""

    allow: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allow


ALLOW = Decision(True)


def demand(decision: Decision) -> None:
    """Raise PermissionDenied unless the decision allows."""
    if not decision:
        raise PermissionDenied(decision.reason)


def demand_right(actor: Actor, right: str) -> None:
    """Raise PermissionDenied unless the actor's hat has the right."""
    if actor.membership_id is None or not actor.may(right):
        raise PermissionDenied(right)


def _declare(rule: AccessRule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


public = _declare(AccessRule(Gate.PUBLIC))
capability = _declare(AccessRule(Gate.CAPABILITY))
signed_in = _declare(AccessRule(Gate.SIGNED_IN))
member = _declare(AccessRule(Gate.MEMBER))
demo = _declare(AccessRule(Gate.DEMO))


def requires(*rights: str) -> Callable[[View], View]:
    """A member whose hat has at least one of these rights."""
    return _declare(AccessRule(Gate.RIGHT, rights))


def client(*scopes: str) -> Callable[[View], View]:
    """Another system with a token that has at least one of these scopes; no session counts, so CSRF cannot matter."""

    def mark(view: View) -> View:
        view.csrf_exempt = True  # type: ignore[attr-defined]
        return _declare(AccessRule(Gate.CLIENT, scopes))(view)

    return mark


# Views of third parties, and of ledger, which stands below this module: by route name. The first pattern that fits
# decides; what is not offered is closed.
THIRD_PARTY: tuple[tuple[str, AccessRule], ...] = (
    ("operations*", AccessRule(Gate.RIGHT, ("operations.settle",))),
    ("set_language", AccessRule(Gate.PUBLIC)),
    ("account_login", AccessRule(Gate.PUBLIC)),
    ("account_logout", AccessRule(Gate.PUBLIC)),
    ("account_inactive", AccessRule(Gate.PUBLIC)),
    ("account_reauthenticate", AccessRule(Gate.SIGNED_IN)),
    ("account_change_password", AccessRule(Gate.SIGNED_IN)),
    ("mfa_authenticate", AccessRule(Gate.PUBLIC)),  # second step of signing in: nobody is signed in yet
    ("mfa_*", AccessRule(Gate.SIGNED_IN)),
    ("usersessions_list", AccessRule(Gate.SIGNED_IN)),
    # ledger lies below this room and cannot use its decorators
    ("operations*", AccessRule(Gate.RIGHT, ("operations.settle",))),
    # no sign-up by name, no reset by mail, no e-mail addresses: officials are created, residents come by phone code
    ("account_*", AccessRule(Gate.CLOSED)),
    ("admin:log*", AccessRule(Gate.CLOSED)),  # the admin's own sign-in would go round the second factor
    ("admin:password_change*", AccessRule(Gate.CLOSED)),
    ("admin:*", AccessRule(Gate.RIGHT, ("accounts.manage",))),
)


def rule_of(view: Callable[..., Any], route_name: str) -> AccessRule | None:
    """The rule a view declares, or the table's for a third party's; None if nobody declared one.

    Arguments:
        view: what the resolver found.
        route_name: `resolver_match.view_name`, for example "admin:index".
    """
    declared: AccessRule | None = getattr(view, "access_rule", None)
    if declared is None:
        owner = getattr(view, "view_class", None) or getattr(view, "cls", None)
        declared = getattr(owner, "access_rule", None)
    if declared is not None:
        return declared
    if route_name.startswith("imports"):  # of ledger as well; the kinds of import bring their rights
        return AccessRule(Gate.RIGHT, tuple(sorted({spec.right for spec in kinds.imports.values()})))
    if route_name.startswith("exports"):
        return AccessRule(
            Gate.RIGHT, tuple(sorted({right for spec in kinds.exports.values() for right in spec.rights}))
        )
    return next((rule for pattern, rule in THIRD_PARTY if fnmatchcase(route_name, pattern)), None)


def within(territory: str, path: str) -> bool:
    """True if `path` lies in `territory`; "" reaches nowhere."""
    return bool(territory) and path.startswith(territory)


def _governs(actor: Actor, *rights: str) -> bool:
    return actor.membership_id is not None and bool(actor.territory) and any(actor.may(right) for right in rights)


def _see_user(actor: Actor, user: User) -> bool:
    if actor.user_id == user.pk:
        return True
    if user.person_id is not None or not _governs(actor, "accounts.manage", "accounts.memberships"):
        return False
    hats = list(user.memberships.all())
    return not hats or any(within(actor.territory, hat.territory) for hat in hats)


def _see_membership(actor: Actor, hat: Membership) -> bool:
    if actor.user_id is not None and actor.user_id == hat.user_id:
        return True
    return _governs(actor, "accounts.manage", "accounts.memberships") and within(actor.territory, hat.territory)


def _see_client(actor: Actor, client_: ApiClient) -> bool:
    return _governs(actor, "accounts.memberships") and within(actor.territory, client_.department.territory)


def _see_notice(actor: Actor, notice: Notice) -> bool:
    if actor.kind is ActorKind.RESIDENT:
        return notice.person_id is not None and str(notice.person_id) == actor.id
    return actor.user_id is not None and notice.user_id == actor.user_id


def _sees(actor: Actor, thing: orm.Model) -> bool:
    match thing:
        case User():
            return _see_user(actor, thing)
        case Department():
            return actor.membership_id is not None
        case Membership():
            return _see_membership(actor, thing)
        case ApiClient():
            return _see_client(actor, thing)
        case Notice():
            return _see_notice(actor, thing)
    raise TypeError(f"accounts has no rule for {type(thing).__name__}")


# action → rights of which one is needed, beside seeing the object; an action that is not here is "see"
_NEEDS = {
    "user.edit": ("accounts.manage",),
    "user.disable": ("accounts.manage",),
    "department.edit": ("accounts.manage",),
    "membership.grant": ("accounts.memberships",),
    "membership.end": ("accounts.memberships",),
    "client.revoke": ("accounts.memberships",),
}


def can(actor: Actor, action: str, thing: orm.Model) -> Decision:
    """May the actor do this to a user, department, hat, client or notice?

    Arguments:
        action: "user.see", "user.edit", "user.disable", "department.see", "department.edit", "membership.see",
            "membership.grant" (thing = the user), "membership.end", "client.see", "client.revoke", "notice.see".
    """
    if not _sees(actor, thing):
        return Decision(False, "unseen")
    if action.endswith(".see"):
        return ALLOW
    if not _governs(actor, *_NEEDS[action]):
        return Decision(False, "right")
    owner = thing.user_id if isinstance(thing, Membership) else thing.pk if isinstance(thing, User) else None
    if owner is not None and owner == actor.user_id and action != "user.edit":
        return Decision(False, "self")  # nobody grants, ends or disables himself
    if isinstance(thing, Department) and not within(actor.territory, thing.territory):
        return Decision(False, "territory")
    return ALLOW


def _users(actor: Actor) -> Q:
    own = Q(pk=actor.user_id) if actor.user_id is not None else Q(pk__in=())
    if not _governs(actor, "accounts.manage", "accounts.memberships"):
        return own
    hats = Membership.objects.filter(user=orm.OuterRef("pk"))
    reached = orm.Exists(hats.filter(territory__startswith=actor.territory)) | ~orm.Exists(hats)
    return own | (Q(person__isnull=True) & Q(reached))


def _memberships(actor: Actor) -> Q:
    own = Q(user_id=actor.user_id) if actor.user_id is not None else Q(pk__in=())
    if not _governs(actor, "accounts.manage", "accounts.memberships"):
        return own
    return own | Q(territory__startswith=actor.territory)


def _clients(actor: Actor) -> Q:
    if not _governs(actor, "accounts.memberships"):
        return Q(pk__in=())
    return Q(department__territory__startswith=actor.territory)


def _notices(actor: Actor) -> Q:
    if actor.kind is ActorKind.RESIDENT:
        return Q(person_id=actor.id)
    return Q(user_id=actor.user_id) if actor.user_id is not None else Q(pk__in=())


def visible_to(actor: Actor, queryset: orm.QuerySet[Row]) -> orm.QuerySet[Row]:
    """The rows of accounts' own tables this actor may see; agrees with `can(actor, "….see", row)` (property test)."""
    name = queryset.model.__name__
    if name == "Department":
        return queryset if actor.membership_id is not None else queryset.none()
    return queryset.filter(
        {"User": _users, "Membership": _memberships, "ApiClient": _clients, "Notice": _notices}[name](actor)
    )
