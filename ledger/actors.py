"""Who acts: one frozen value, the same in history, audit, access log and `can()`."""

from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """Rows of the access matrix."""

    MEMBER = "member"
    RESIDENT = "resident"
    ORGANISATION = "organisation"
    ANONYMOUS = "anonymous"
    CLIENT = "client"
    DEVICE = "device"
    RULE = "rule"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor and what it may do.

    Arguments:
        kind: which sort of actor.
        id: primary key of the user, person, organisation, client, device or rule, as text; "" for anonymous and clock.
        department_id: the department it acts for (members only).
        membership_id: the hat that is on (members only).
        role: role code of that membership, for example "dispatcher".
        rights: right codes of the role or the scopes of the client.
        territory: materialised path the rights reach down from ("/37/3709/370902/"); "" reaches nowhere.
        label: what is shown beside an act: never a resident's name.
    """

    kind: ActorKind
    id: str = ""
    department_id: int | None = None
    membership_id: int | None = None
    role: str = ""
    rights: frozenset[str] = field(default_factory=frozenset)
    territory: str = ""
    label: str = ""

    @property
    def user_id(self) -> int | None:
        """Primary key of the user behind a member; None for every other kind."""
        return int(self.id) if self.kind is ActorKind.MEMBER else None

    def may(self, right: str) -> bool:
        return right in self.rights


CLOCK = Actor(kind=ActorKind.CLOCK, label="clock")
ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, label="anonymous")
