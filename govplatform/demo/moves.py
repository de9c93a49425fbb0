"""One step of a story: what the people of the case do next, through the real actions."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.demo_identity import demo_name, demo_phone
from cases import actions as kernel
from cases.access import Bearer
from cases.models import Assignment, Attachment, Case, HistoryEntry, RouteFinding
from events import actions
from events.models import Report
from events.queries import category_by_id
from govplatform.demo.cast import Cast
from govplatform.demo.drawings import VARIANTS, picture
from govplatform.demo.scenario import Story
from grids.queries import grid_worker, locate
from ledger.actions import store_photo
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now


class Photos:
    """Every drawing is stored once per kind of sender and shown on many cases."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str, int, bool], UUID] = {}

    def get(self, subject: str, stage: str, actor: Actor, first: int, used: frozenset[UUID] = frozenset()) -> UUID:
        """A stored drawing that is not among `used`, beginning with variant `first`."""
        variants = (*((first + step) % VARIANTS for step in range(VARIANTS)), *range(VARIANTS, VARIANTS + 20))
        found = (self._one(subject, stage, actor, variant) for variant in variants)
        return next(photo for photo in found if photo not in used)

    def _one(self, subject: str, stage: str, actor: Actor, variant: int) -> UUID:
        staff = actor.user_id is not None
        key = (subject, "before" if stage in ("report", "before") else "after", variant, staff)
        if key not in self._stored:
            data = picture(subject, key[1], variant)
            self._stored[key] = store_photo(data=data, actor=actor, staff=staff, now=app_now()).file.pk
        return self._stored[key]


class Scene:
    """A case at one moment, with everything a step needs."""

    def __init__(self, story: Story, case: Case, cast: Cast, photos: Photos) -> None:
        self.story, self.case, self.cast, self.photos = story, case, cast, photos
        self.done = list(
            HistoryEntry.objects.filter(case=case).order_by("sequence").values_list("transition", flat=True)
        )
        self.chance = story.draw(len(self.done))
        self.open = list(Assignment.objects.filter(case=case, open=True).order_by("pk"))

    def has(self, *names: str) -> bool:
        return any(name in self.done for name in names)

    def wants(self, twist: str, *marks: str) -> bool:
        """Whether a twist is still to come; `marks` are the transitions that show it has been."""
        return twist in self.story.twists and not self.has(*(marks or (twist,)))

    def step(self, key: str) -> Assignment | None:
        return next((a for a in self.open if a.step_key == key), None)

    def actor(self, key: str, role: str, right: str) -> Actor:
        """Who does an open step: its holder, a member of its department, else somebody of that role."""
        step = self.step(key)
        if step is not None and step.holder_id is not None:
            return self.cast.person(step.holder_id, right)
        found = self.cast.member(step.department_id, role, self.chance) if step is not None else None
        return found or self.cast.of_role(role, self.chance)

    def photo(self, stage: str, actor: Actor) -> UUID:
        """A picture of a stage that is not on the case yet."""
        used = frozenset(Attachment.objects.filter(case=self.case).values_list("file_id", flat=True))
        return self.photos.get(self.story.subject.picture, stage, actor, self.chance.randrange(VARIANTS), used)

    def move(self, transition: str, actor: Actor, **more: Any) -> None:
        kernel.move_case(
            number=self.case.number,
            transition=transition,
            actor=actor,
            **{"expected_version": self.case.version, **more},
        )


def report(story: Story, cast: Cast, photos: Photos) -> Case:
    """The report that opens the case."""
    chance, place = story.draw(0), cast.place(story.place)
    actor, source = _reporter(story, cast, place.lon, place.lat, chance)
    told = chance.choice(story.subject.told)
    shown = (
        [] if source == "hotline" else [photos.get(story.subject.picture, "report", actor, chance.randrange(VARIANTS))]
    )
    contact = actions.Contact(demo_name(chance), demo_phone(chance)) if story.contact else actions.Contact()
    spread = 0.0003
    receipt = actions.report_incident(
        actor=actor,
        incident=actions.Incident(
            category=story.subject.category,
            lon=place.lon + chance.uniform(-spread, spread),
            lat=place.lat + chance.uniform(-spread, spread),
            accuracy=float(chance.randint(4, 25)) if source == "gridworker" else None,
            address=place.name_zh,
            description=told,
            condition=story.subject.condition if source != "public" else None,
            photos=shown,
        ),
        source=source,
        submission_key=key_of(story),
        contact=contact,
    )
    return Case.objects.get(pk=receipt.case_id)


def key_of(story: Story) -> str:
    return f"demo-{story.number:04d}"


def _reporter(story: Story, cast: Cast, lon: float, lat: float, chance: random.Random) -> tuple[Actor, str]:
    if story.source == "gridworker":
        today = app_now().date()
        grid = locate(lon=lon, lat=lat, datum="wgs84", on=today).grids.get("service")
        worker = grid_worker(grid.grid_id, today)[0] if grid else None
        if worker is not None:
            return cast.person(worker, "field.use"), "gridworker"
    if story.source == "hotline":
        return cast.of_role("acceptor", chance), "hotline"
    if story.source == "resident" and cast.resident:
        return cast.resident, "public"
    if story.source == "api" and cast.client:
        return cast.client, "api"
    return ANONYMOUS, "public"


def proposed_department(scene: Scene) -> int:
    """Where the routing proposes to send the case, else the bureau that takes what nobody owns."""
    finding = RouteFinding.objects.filter(case=scene.case, rule__isnull=False).select_related("rule").first()
    if finding is not None and finding.rule is not None and not scene.has("return_to_dispatch"):
        return finding.rule.department_id
    return scene.cast.departments["370902-cg"]


def condition_of(scene: Scene) -> int:
    """The filing condition that fits the story, of the edition the case was reported under."""
    row = category_by_id(Report.objects.values_list("category_id", flat=True).get(case=scene.case))
    return next(c.id for c in row.conditions if c.number == min(scene.story.subject.condition, len(row.conditions)))


def bearer(scene: Scene) -> Actor:
    return (
        scene.cast.resident
        if scene.story.source == "resident" and scene.cast.resident
        else Bearer(scene.case.number).actor()
    )


def release_photos(scene: Scene, actor: Actor) -> None:
    """What an officer shows to the public of a closed case: the pictures before and after."""
    chosen = Attachment.objects.filter(case=scene.case, stage__in=("report", "after")).values_list("pk", flat=True)
    kernel.release(number=scene.case.number, actor=actor, attachment_ids=list(chosen))


def working(at: datetime, *, urgent: bool) -> datetime:
    """The next moment somebody works: 08:10 to 17:50 local, every day but Sunday; an urgent case does not wait."""
    local = at + timedelta(hours=8)
    if urgent:
        return at
    if local.hour >= 18 or (local.hour == 17 and local.minute > 50):
        local = local.replace(hour=8, minute=10) + timedelta(days=1, minutes=local.minute)
    elif local.hour < 8:
        local = local.replace(hour=8, minute=10 + local.minute % 40)
    if local.weekday() == 6:
        local += timedelta(days=1)
    return local - timedelta(hours=8)
