"""Who answers for a duty when the person named for it is away. Pure: ids in, one id out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Staff:
    """What is known of people on one day.

    Arguments:
        hats: user id → (territory path, role code) of each membership that is valid; nobody who cannot sign in.
        away: user id → substitute or None, of those who are away.
    """

    hats: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    away: Mapping[int, int | None] = field(default_factory=dict)

    def able(self, user: int | None, path: str, role: str = "") -> bool:
        """Whether somebody serves where the path lies, with the role if one is named."""
        if user is None:
            return False
        return any(area and path.startswith(area) and role in ("", held) for area, held in self.hats.get(user, ()))

    def ready(self, user: int | None, path: str, role: str = "") -> bool:
        """Able and there."""
        return self.able(user, path, role) and user not in self.away


def acting(worker: int | None, deputy: int | None, path: str, staff: Staff, role: str = "") -> int | None:
    """Who acts: the worker; while he is away his substitute, else the deputy, else the deputy's substitute."""
    for named in (worker, deputy):
        if staff.ready(named, path, role):
            return named
        stands_in = staff.away.get(named) if named is not None and staff.able(named, path, role) else None
        if staff.ready(stands_in, path, role):
            return stands_in
    return None
