"""Plays the stories one after the other, each step at its own moment of the shifted clock.

Nothing is written but by actions. What a step promises is redeemed here, under the clock of the story, so no worker is
needed; a limit that passes between two steps is swept at the moment it passes. Playing again goes on where it
stopped: how far a story has come is told by the history of its case.
"""

import gc
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction

from accounts.actions import create_client
from cases.actions import sweep_deadlines
from cases.models import Case, HistoryEntry
from govplatform.demo.cast import CLIENT, Cast
from govplatform.demo.moves import Photos, Scene, key_of, report, working
from govplatform.demo.scenario import STEPS_TO, Story
from govplatform.demo.steps import BY_STATE, after_closing
from ledger.actions import redeem_held
from ledger.actors import Actor, ActorKind
from ledger.clock import OFFSET_SETTING, app_now, shifted
from ledger.models import PeriodRun
from ledger.promises import held

HELD = {"cases.deadlines": 60, "ledger.reconcile": 300}  # periodic job: seconds
HELD_FOR = 240  # seconds
SHORTEST = timedelta(minutes=2)  # between two steps of a case
REDEEM_EVERY = 4  # steps
MOST_STEPS = 60  # a story that needs more goes in circles
# hours until the next step where no limit runs, by the state it is taken in: shortest, longest
PACE = {
    "suspended": (48.0, 200.0),
    "handling": (1.0, 6.0),
}
AFTER_CLOSING = (2.0, 40.0)
# share of what is left of the limit that a step takes
SHARE = {"pending_handle": (0.03, 0.2), "handling": (0.15, 0.6), "handled": (0.1, 0.4)}
Answer = TypeVar("Answer")


class Play:
    """One run over some stories.

    Arguments:
        tell: called with the number of cases that stand, for the progress line.
    """

    def __init__(self, stories: Iterable[Story], tell: Callable[[int], None]) -> None:
        self.stories = sorted(stories, key=lambda story: -story.hours)
        self.tell = tell
        self.cast, self.photos = Cast(), Photos()
        self.now = app_now()
        self.started = time.monotonic()
        self.promised: list[int] = []

    def run(self) -> int:
        """Play until now. Returns how many cases of these stories stand."""
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # what a crash takes away is played again
        self._hold_sweeps()
        keys = [key_of(story) for story in self.stories]
        begun = {case.submission_key: case for case in Case.objects.filter(submission_key__in=keys)}
        gc.disable()  # nothing here lives long, and looking for it takes a tenth of the time
        with shifted(timedelta(0)), held() as self.promised:
            self._ensure_client()
            for number, story in enumerate(self.stories, 1):
                self._play(story, begun.get(key_of(story)))
                self.tell(number)
        return len(self.stories)

    def _play(self, story: Story, case: Case | None) -> None:
        """One story from where it stands until it rests or reaches now."""
        if case is None:
            at = self._beginning(story)
            case = self._at(at, lambda: report(story, self.cast, self.photos), redeem=True)
        else:
            at = HistoryEntry.objects.filter(case=case).order_by("-sequence").values_list("at", flat=True)[0]
        for step in range(1, MOST_STEPS):
            case = Case.objects.get(pk=case.pk)
            following = self._following(story, case, at)
            if following is None or following >= self.now:
                break
            following = max(following, at + SHORTEST)
            case, at = self._sweep_until(case, at, following), following
            scene = Scene(story, case, self.cast, self.photos)
            if not self._at(at, lambda scene=scene: _step(scene), redeem=step % REDEEM_EVERY == 0):  # type: ignore[misc]
                break
        self._sweep_until(case, at, self.now)
        if self.promised:
            self._at(at + timedelta(seconds=1), lambda: None, redeem=True)

    def _beginning(self, story: Story) -> datetime:
        at = working(self.now - timedelta(hours=story.hours), urgent=story.fresh)
        return min(at, self.now - timedelta(minutes=5 + story.number % 50))

    def _following(self, story: Story, case: Case, last: datetime) -> datetime | None:
        """When the next step of a story is taken; None if it rests here.

        Arguments:
            last: when the step before was taken.
        """
        if case.state == story.stop:
            return None
        chance = story.draw(case.history_count + 1000)
        if story.fresh:
            left = max(STEPS_TO[story.stop] - case.history_count + 1, 0) + 1
            return last + (self.now - last) / left * chance.uniform(0.5, 0.95)
        if case.due_at is None or case.due_at <= last:
            shortest, longest = PACE.get(case.state, AFTER_CLOSING if case.closed else (0.1, 1.5))
            return working(last + timedelta(hours=chance.uniform(shortest, longest)), urgent=case.urgent)
        slow = "slow" in story.twists and case.state in ("pending_handle", "handling")
        share = chance.uniform(1.05, 2.5) if slow else chance.uniform(*SHARE.get(case.state, (0.1, 0.6)))
        at = last + (case.due_at - last) * share
        moved = working(at, urgent=case.urgent)
        return moved if slow or moved < case.due_at else at

    def _sweep_until(self, case: Case, last: datetime, at: datetime) -> Case:
        """Let limits pass at their moment, between one step and the next. Returns the case as it is then."""
        for _round in range(4):
            if case.due_at is None or case.due_at >= at or case.closed:
                break
            before, pk = case.history_count, case.pk
            last = max(last + timedelta(seconds=1), min(case.due_at + timedelta(seconds=30), at - timedelta(seconds=2)))
            self._at(last, lambda pk=pk: _sweep(pk), redeem=True)  # type: ignore[misc]
            case = Case.objects.get(pk=pk)
            if case.history_count == before:
                break
        return case

    def _at(self, at: datetime, act: Callable[[], Answer], *, redeem: bool) -> Answer:
        """Act at a moment of the clock that `run` has made movable; redeem at the same moment what was promised."""
        offset = at - self.now - timedelta(seconds=time.monotonic() - self.started)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [OFFSET_SETTING, f"{offset.total_seconds()} seconds"])
        answer = act()
        if redeem:
            redeem_held(ids=self.promised)
        return answer

    def _hold_sweeps(self) -> None:
        """Claim the coming periods of jobs that compare limits with the clock: they would meet cases half played."""
        second = int(self.now.timestamp())
        rows = [
            PeriodRun(name=name, period_start=datetime.fromtimestamp(start, self.now.tzinfo), started_at=self.now)
            for name, seconds in HELD.items()
            for start in range(second - second % seconds, second + HELD_FOR, seconds)
        ]
        PeriodRun.objects.bulk_create(rows, ignore_conflicts=True)

    def _ensure_client(self) -> None:
        """The API client of the hotline exchange."""
        if self.cast.client is not None:
            return
        granter = Actor(
            kind=ActorKind.MEMBER,
            id="0",
            membership_id=0,
            rights=frozenset({"accounts.memberships"}),
            territory="/3709/",
        )
        made, _token = create_client(
            name=CLIENT,
            scopes=["reports.write", "reports.read"],
            department_id=self.cast.departments["370902-jd"],
            expires_at=self.now + timedelta(days=365),
            actor=granter,
        )
        self.cast.client = Actor(kind=ActorKind.CLIENT, id=str(made.pk), label=CLIENT)


def _step(scene: Scene) -> bool:
    """The next step of a story; False when nothing is left to happen."""
    if scene.case.closed:
        return after_closing(scene)
    BY_STATE[scene.case.state](scene)
    return True


@transaction.atomic
def _sweep(case_id: int) -> None:
    sweep_deadlines(now=app_now(), only=[case_id])
