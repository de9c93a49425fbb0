"""Which cases the demo has: a list of stories, the same for the same seed. Pure; times are hours before now."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from govplatform.demo.subjects import SUBJECTS, Subject

SEED = "govplatform-demo-1"
FIRST, ALL = 40, 408
DAYS = 90
# moves until a case stands in a state
STEPS_TO = {
    "reported": 0, "verifying": 1, "returned": 2, "pending_dispatch": 1, "department_returned": 3, "pending_handle": 2,
    "handling": 3, "suspended": 4, "handled": 4, "feedback": 5, "rework_pending": 8, "checking": 6, "pending_close": 7,
}  # fmt: skip
OPEN_STATES = tuple(STEPS_TO)
BEFORE_DISPATCH = ("reported", "verifying", "returned", "pending_dispatch")
# a twist that a state needs in order to be reached at all
NEEDED = {
    "verifying": ("verify",),
    "returned": ("return_to_acceptance",),
    "department_returned": ("return_to_dispatch",),
    "suspended": ("suspend",),
    "rework_pending": ("fail",),
}
# how often something out of the ordinary happens on the way, in percent
TWISTS = {
    "verify": 10,
    "return_to_acceptance": 4,
    "return_to_dispatch": 7,
    "return_to_department": 5,
    "redo": 7,
    "delay": 6,
    "refuse_delay": 2,
    "suspend": 3,
    "rework": 5,
    "fail": 8,
    "reply": 8,
    "urge": 6,
    "supervise": 4,
    "slow": 16,
}
RATINGS = (5, 5, 5, 4, 4, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Story:
    """One case.

    Arguments:
        hours: it was reported so many hours before now.
        stop: the state it stays in, or "end".
        source: gridworker | public | resident | hotline | api.
        fresh: its last step was a short while ago; otherwise it keeps the ordinary pace and may wait for days.
        twists: what happens on the way; "slow" lets limits pass.
        score: the reporter's rating after closing, 0 none.
        place: a number that chooses the address.
    """

    number: int
    hours: float
    subject: Subject
    source: str
    stop: str
    twists: frozenset[str] = field(default=frozenset())
    score: int = 0
    place: int = 0
    contact: bool = False
    fresh: bool = False

    def draw(self, step: int) -> random.Random:
        """Chance for one step of this story: the same after a restart."""
        return random.Random(f"{SEED}:{self.number}:{step}")  # noqa: S311 - a demo


def stories() -> Iterator[Story]:
    """All stories; the first FIRST are recent ones in every state, for the moment the pages open."""
    chance = random.Random(SEED)  # noqa: S311 - a demo
    for number in range(FIRST):
        yield _first(number, chance)
    for number in range(FIRST, ALL):
        yield _rest(number, chance)


def _first(number: int, chance: random.Random) -> Story:
    stop = OPEN_STATES[number % len(OPEN_STATES)] if number < 2 * len(OPEN_STATES) else "end"
    special = {26: {"reject"}, 27: {"transfer"}, 28: {"force"}, 29: {"reopen"}}
    hours = chance.uniform(1, 20) if number % 4 and stop != "end" else chance.uniform(60, 150)
    twists = frozenset(special.get(number, set())) | frozenset(NEEDED.get(stop, ()))
    return _story(number, chance, hours, stop, twists)


def _rest(number: int, chance: random.Random) -> Story:
    hours = chance.uniform(6 * 24, DAYS * 24)
    twists = {name for name, percent in TWISTS.items() if chance.random() * 100 < percent}
    draw = chance.random()
    if draw < 0.04:
        twists = {"reject"} if draw < 0.025 else {"transfer"}
    elif draw < 0.055:
        twists.add("force")
    elif draw < 0.075:
        twists.add("reopen")
    stop = "end"
    if number % 5 == 0:
        stop = chance.choice(OPEN_STATES)
        hours = chance.uniform(1, 30) if number % 3 else chance.uniform(48, 9 * 24)
        twists = (twists - {"reject", "transfer", "force", "reopen"}) | set(NEEDED.get(stop, ()))
    return _story(number, chance, hours, stop, frozenset(twists))


def _story(number: int, chance: random.Random, hours: float, stop: str, twists: frozenset[str]) -> Story:
    sources = ["gridworker"] * 9 + ["public"] * 6 + ["resident"] * 1 + ["hotline"] * 3 + ["api"] * 1
    source = chance.choice(sources)
    if "reopen" in twists:
        source = "public"
    by_hand = stop in BEFORE_DISPATCH or bool({"reject", "transfer"} & twists)
    subjects = [subject for subject in SUBJECTS if subject.by_hand or not by_hand]
    weights = [subject.weight for subject in subjects]
    return Story(
        number=number,
        hours=hours,
        subject=chance.choices(subjects, weights)[0],
        source=source,
        stop=stop,
        twists=twists,
        score=chance.choice(RATINGS) if chance.random() < 0.7 and source in ("public", "resident") else 0,
        place=chance.randrange(1_000_000),
        contact=source in ("public", "hotline") and chance.random() < 0.6,
        fresh=hours < 48 and stop != "end",
    )
