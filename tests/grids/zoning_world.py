"""Helpers of the zoning tests: people with their rights, a draft as it stands, places a little beside others."""

from accounts.models import User
from accounts.queries import presence_of_user
from grids import actions
from grids.actions import Edit
from grids.queries.draft_page import findings_of
from grids.queries.drafts import DraftState, draft_state
from grids.rules.coverage import degrees_of
from ledger.actors import Actor
from tests.accounts.world import department, hat, role, user
from tests.grids import small

VILLAGE = small.VILLAGES[0]
S04, S13 = f"{VILLAGE}S04", f"{VILLAGE}S13"


def actor_of(person: User) -> Actor:
    return presence_of_user(person, None).actor


def person_with(name: str, *rights: str) -> User:
    person = user(name)
    hat(person, role(name, "grids.read", *rights), department(name, "/3709/370902/"))
    return person


def state(draft: int, actor: Actor) -> DraftState:
    found = draft_state(draft, actor)
    assert found is not None
    return found


def edit(draft: int, actor: Actor, operation: str, **values: object) -> DraftState:
    now = state(draft, actor)
    actions.edit_draft(draft_id=draft, version=now.version, edit=Edit(operation, **values), actor=actor)  # type: ignore[arg-type]
    return state(draft, actor)


def explain(draft: int, actor: Actor, text: str = "户数按年底入住预计") -> None:
    """A reason for every warning of the check that has none."""
    now = state(draft, actor)
    open_ = [row for row in findings_of(now) if not row.is_error and row.reason is None]
    if open_:
        reasons = {f"{row.kind}:{row.code}": text for row in open_}
        actions.explain_warnings(draft_id=draft, version=now.version, reasons=reasons, actor=actor)


def hand_in(draft: int, actor: Actor) -> None:
    """Reasons for its warnings, then the draft is handed in."""
    explain(draft, actor)
    actions.submit_draft(draft_id=draft, version=state(draft, actor).version, actor=actor)


def across(found: DraftState, code: str) -> tuple[tuple[float, float], ...]:
    """A line through a grid from one of its corners to the opposite one."""
    ring = found.parts[code].ring
    return tuple(degrees_of(node) for node in (ring[0], ring[len(ring) // 2]))


def moved(place: tuple[float, float], east: float, north: float) -> tuple[float, float]:
    """A place so many metres away."""
    return place[0] + east / 89947, place[1] + north / 110963
