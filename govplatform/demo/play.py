"""Plays the stories in the order of their times, each step at its own moment of the shifted clock.

Nothing is written but by actions, except that the sweep of deadlines is held while past days are played: it would
find yesterday's limits with today's clock. Playing again goes on where it stopped: a step is known by the history.
"""

import heapq
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.actions import create_client
from accounts.models import Department
from cases.actions import sweep_deadlines
from cases.models import Case, HistoryEntry
from govplatform.demo.cast import CLIENT, Cast
from govplatform.demo.moves import Photos, Scene, key_of, report, working
from govplatform.demo.scenario import Story
from govplatform.demo.steps import BY_STATE, after_closing
from ledger.actions import redeem_held
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now, shifted
from ledger.models import PeriodRun
from ledger.promises import held

SWEEP_EVERY = timedelta(hours=6)
HELD = {"cases.deadlines": 60, "ledger.reconcile": 300}  # periodic job: seconds
HELD_FOR = 240  # seconds
# hours until the next step, by the state it is taken in: shortest, longest
PACE = {
    "reported": (0.1, 1.2),
    "verifying": (0.5, 3.0),
    "returned": (0.2, 1.5),
    "pending_dispatch": (0.1, 0.7),
    "department_returned": (0.1, 0.7),
    "pending_handle": (0.2, 1.5),
    "handling": (0.6, 5.0),
    "suspended": (48.0, 200.0),
    "handled": (0.2, 2.0),
    "feedback": (0.1, 0.8),
    "rework_pending": (0.1, 0.8),
    "checking": (0.4, 3.0),
    "pending_close": (0.2, 2.0),
}
AFTER_CLOSING = (2.0, 40.0)


class Play:
    """One run over some stories.

    Arguments:
        tell: called with the number of cases begun, for the progress line.
    """

    def __init__(self, stories: Iterable[Story], tell: Callable[[int], None]) -> None:
        self.stories = {story.number: story for story in stories}
        self.tell = tell
        self.cast, self.photos = _cast(), Photos()
        self.now = app_now()
        self.started = time.monotonic()
        self.begun = 0

    def run(self) -> int:
        """Play until now. Returns how many cases there are of these stories."""
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # what a crash takes away is played again
        self._hold_sweeps()
        waiting = self._resume()
        swept = min((at for at, _number in waiting), default=self.now)
        while waiting:
            at, number = heapq.heappop(waiting)
            if at >= self.now:
                continue
            while swept + SWEEP_EVERY <= at:
                swept += SWEEP_EVERY
                self._at(swept, _sweep)
            following = self._step(self.stories[number], at)
            if following is not None:
                heapq.heappush(waiting, (following, number))
        self._at(self.now, _sweep)
        return self.begun

    def _resume(self) -> list[tuple[datetime, int]]:
        """When each story goes on: begun ones after their last line, the others at their beginning."""
        keys = {key_of(story): number for number, story in self.stories.items()}
        cases = {keys[case.submission_key]: case for case in Case.objects.filter(submission_key__in=keys)}
        self.begun = len(cases)
        waiting = []
        for number, story in self.stories.items():
            case = cases.get(number)
            at = self._following(story, case) if case else self._beginning(story)
            if at is not None:
                waiting.append((at, number))
        heapq.heapify(waiting)
        return waiting

    def _beginning(self, story: Story) -> datetime:
        at = self.now - timedelta(hours=story.hours)
        return min(working(at, urgent=False), self.now - timedelta(minutes=5 + story.number % 50))

    def _step(self, story: Story, at: datetime) -> datetime | None:
        done: list[Case | None] = []
        self._at(at, lambda: done.append(self._play(story)))
        return self._following(story, done[0]) if done[0] is not None else None

    def _at(self, at: datetime, act: Callable[[], None]) -> None:
        """Act at a moment, and redeem at once, under the same clock, what was promised meanwhile."""
        offset = at - self.now - timedelta(seconds=time.monotonic() - self.started)
        with shifted(offset), held() as promised:
            act()
            redeem_held(promised)

    def _play(self, story: Story) -> Case | None:
        """The next step of a story; None when it is over."""
        case = Case.objects.filter(submission_key=key_of(story)).first()
        if case is None:
            self.begun += 1
            self.tell(self.begun)
            return report(story, self.cast, self.photos)
        scene = Scene(story, case, self.cast, self.photos)
        if case.closed:
            if not after_closing(scene):
                return None
        else:
            BY_STATE[case.state](scene)
        return case

    def _following(self, story: Story, case: Case) -> datetime | None:
        """When the next step of a story is taken; None if it rests here."""
        case.refresh_from_db(fields=["state", "closed", "urgent"])
        if case.state == story.stop:
            return None
        last = HistoryEntry.objects.filter(case=case).order_by("-sequence").values_list("sequence", "at")[0]
        shortest, longest = PACE.get(case.state, AFTER_CLOSING)
        chance = story.draw(last[0] + 1000)
        hours = chance.uniform(shortest, longest) * (5 if "slow" in story.twists and not case.closed else 1)
        return working(last[1] + timedelta(hours=hours), urgent=case.urgent)

    def _hold_sweeps(self) -> None:
        """Claim the coming periods of jobs that compare limits with today's clock; afterwards they run as always."""
        second = int(self.now.timestamp())
        rows = [
            PeriodRun(name=name, period_start=datetime.fromtimestamp(start, self.now.tzinfo), started_at=self.now)
            for name, seconds in HELD.items()
            for start in range(second - second % seconds, second + HELD_FOR, seconds)
        ]
        PeriodRun.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def _sweep_once() -> bool:
    return sweep_deadlines(now=app_now())


def _sweep() -> None:
    while _sweep_once():
        continue


def _cast() -> Cast:
    """The members, and the API client of the hotline exchange if it is not there yet."""
    cast = Cast()
    if cast.client is None:
        security = Actor(
            kind=ActorKind.MEMBER, id="0", membership_id=0, rights=frozenset({"accounts.memberships"}), territory="/3709/"
        )
        department = Department.objects.get(code="370902-jd")
        create_client(
            name=CLIENT, scopes=["reports.write", "reports.read"], department_id=department.pk,
            expires_at=app_now() + timedelta(days=365), actor=security,
        )  # fmt: skip
        cast = Cast()
    return cast
