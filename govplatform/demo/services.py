"""Applications of the demo: 60 matters in every state, 20 licences, each step by a real action at its moment.

The same after a restart: a matter that was filed is not filed again. Nobody in it exists.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.demo_identity import demo_credit_code, demo_id_number, demo_name, demo_phone
from accounts.models import User
from accounts.queries import presence_of_user
from cases import actions as kernel
from cases.models import Assignment, Case
from govplatform.demo.drawings import paper
from govplatform.demo.moves import working
from ledger.actions import hand_over, redeem, store_photo
from ledger.actors import Actor, ActorKind
from ledger.clock import OFFSET_SETTING, app_now, shifted
from ledger.models import Promise
from ledger.promises import held
from services import actions, queries
from services.models import Licence
from services.queries import ItemRow

SEED = "govplatform-services-1"
SENIOR, SIGN, RESTAURANT = "379999020001", "379999010002", "379999010003"
ITEMS = (SENIOR, SIGN, RESTAURANT)
# how many matters rest in each state; "half" is a parallel review of which one department is done
ENDS = (
    ("granted", 20), ("submitted", 6), ("supplementing", 6), ("reviewing", 8), ("half", 4), ("deciding", 5),
    ("refused", 3), ("not_accepted", 3), ("returned", 2), ("withdrawn", 3),
)  # fmt: skip
REVOKED = (3, 11)  # numbers of granted matters whose licence is revoked afterwards
RENDER = "ledger.render"  # drawn by the workers afterwards; here it would take a minute
SHOPS = ("示例面馆", "示甲小吃店", "示乙茶饮", "例一餐厅", "例二烘焙坊", "样本火锅店")
STREETS = ("示范街", "样本路", "例一巷", "虚构大道")


@dataclass(frozen=True, slots=True)
class Plan:
    """One matter: which item, where it ends, how many hours ago it began, who files it."""

    number: int
    code: str
    end: str
    hours: float
    by_resident: bool

    @property
    def chance(self) -> random.Random:
        return random.Random(f"{SEED}:{self.number}")  # noqa: S311 - a demo


def plans() -> list[Plan]:
    """All matters, the same every time."""
    found: list[Plan] = []
    for end, count in ENDS:
        for turn in range(count):
            number = len(found)
            code = RESTAURANT if end == "half" else ITEMS[number % 3]
            code = (SIGN, RESTAURANT)[turn % 2] if end == "reviewing" else code
            fresh = {"submitted": 12, "supplementing": 40, "reviewing": 60, "half": 50, "deciding": 70}
            hours = fresh[end] * (0.4 + turn % 4 / 5) if end in fresh else 24 * (30 + (number * 7) % 50)
            hours = 24 * 75 if end == "returned" else hours  # 15 working days and a long holiday fit in
            found.append(Plan(number, code, end, hours, by_resident=number % 6 == 0))
    return found


class Matters:
    """One run over plans.

    Arguments:
        tell: called with how many matters stand.
    """

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.tell = tell
        self.now, self.started = app_now(), time.monotonic()
        self.promised: list[int] = []
        self._drawings: list[int] = []
        self._actors: dict[str, Actor] = {}
        self._papers: dict[tuple[str, int], UUID] = {}

    def run(self, chosen: Sequence[Plan] = ()) -> int:
        """File and move the chosen ones, all if none is named. Returns how many matters there are."""
        chosen = chosen or plans()
        begun = set(Case.objects.filter(submission_key__startswith="demo-service-").values_list("submission_key"))
        with shifted(timedelta(0)), held() as self.promised:
            for count, plan in enumerate(chosen, 1):
                if (f"demo-service-{plan.number}",) not in begun:
                    self._play(plan)
                self.tell(count)
        hand_over(self._drawings, now=app_now())
        return len(chosen)

    def actor(self, username: str) -> Actor:
        if username not in self._actors:
            self._actors[username] = presence_of_user(User.objects.get(username=username), None).actor
        return self._actors[username]

    def paper(self, actor: Actor, variant: int) -> UUID:
        """A drawn paper, stored once for everybody who uploads it."""
        key = (f"{actor.kind}:{actor.id}", variant)
        if key not in self._papers:
            stored = store_photo(data=paper(variant), actor=actor, staff=False, now=app_now())
            self._papers[key] = stored.file.pk
        return self._papers[key]

    def _at(self, at: datetime, act: Callable[[], Any]) -> Any:
        """Act at a moment of the clock, and redeem at the same moment what was promised but drawings."""
        offset = min(at, self.now) - self.now - timedelta(seconds=time.monotonic() - self.started)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [OFFSET_SETTING, f"{offset.total_seconds()} seconds"])
        answer = act()
        while self.promised:
            batch = list(self.promised)
            self.promised.clear()
            kinds = dict(Promise.objects.filter(pk__in=batch).values_list("pk", "kind"))
            self._drawings += [pk for pk, kind in kinds.items() if kind == RENDER]
            ids = sorted(pk for pk, kind in kinds.items() if kind != RENDER)
            for start in range(0, len(ids), 50):
                redeem(ids[start : start + 50])
        return answer

    def _play(self, plan: Plan) -> None:
        scene = Scene(self, plan)
        at = working(self.now - timedelta(hours=plan.hours), urgent=False)
        at = min(at, self.now - timedelta(minutes=10 + plan.number))
        self._at(at, scene.file)
        steps = scene.steps()
        for number, step in enumerate(steps, 1):
            left = (self.now - at) / (len(steps) - number + 2)
            wait = min(timedelta(hours=plan.chance.uniform(3, 20)), left)
            at = max(at + timedelta(minutes=2), min(working(at + wait, urgent=False), self.now - timedelta(minutes=1)))
            if step == "lapse":  # the time to complete it has passed
                at = min(at + timedelta(days=40), self.now - timedelta(minutes=1))
            self._at(at, lambda step=step: getattr(scene, step)())  # type: ignore[misc]


class Scene:
    """One matter and what its people do next."""

    def __init__(self, play: Matters, plan: Plan) -> None:
        self.play, self.plan, self.chance = play, plan, plan.chance
        self.clerk = play.actor("window" if plan.code == SENIOR else "approver")
        self.applicant = play.actor("resident") if plan.by_resident else self.clerk
        self.number = ""

    def steps(self) -> list[str]:
        """What happens after filing, by name."""
        end, code = self.plan.end, self.plan.code
        completed = ["ask", "supply"] if self.plan.number % 5 == 2 else []
        reviews = {SENIOR: [], SIGN: ["first", "after"], RESTAURANT: ["first", "beside"]}[code]
        before: dict[str, list[str]] = {
            "submitted": [],
            "supplementing": ["ask"],
            "not_accepted": ["not_accept"],
            "returned": ["ask", "lapse"],
            "withdrawn": ["withdraw"],
            "reviewing": [*completed, "accept"],
            "half": [*completed, "accept", "beside"],
            "deciding": [*completed, "accept", *reviews],
            "refused": [*completed, "accept", *reviews, "refuse"],
            "granted": [*completed, "accept", *reviews, "grant"],
        }
        after = ["revoke"] if end == "granted" and self.plan.number in REVOKED else []
        return [*before[end], *after]

    def _case(self) -> Case:
        return Case.objects.get(number=self.number)

    def _version(self) -> int:
        return self._case().version

    def file(self) -> None:
        item = queries.item_by_code(self.plan.code, self.play.now)
        if item is None:
            raise LookupError(f"service {self.plan.code} is not in the catalogue")
        papers = {
            one.key: [self.play.paper(self.applicant, number)]
            for number, one in enumerate(item.materials)
            if one.required
        }
        application = actions.Application(
            code=item.code, edition=item.edition, answers=self._answers(item), materials=papers,
            purpose="" if self.plan.by_resident else "申请人到窗口办理（演示）", notice="service/1",
        )  # fmt: skip
        key = f"demo-service-{self.plan.number}"
        self.number = actions.apply_for(actor=self.applicant, application=application, submission_key=key).number

    def _person(self) -> dict[str, str]:
        phone = "16100000001" if self.plan.by_resident else demo_phone(self.chance)
        return {"name": demo_name(self.chance), "id_number": demo_id_number(self.chance), "phone": phone}

    def _answers(self, item: ItemRow) -> dict[str, Any]:
        place = f"{self.chance.choice(STREETS)} {self.chance.randint(1, 199)} 号（示意）"
        shop = self.chance.choice(SHOPS)
        firm = {"name": f"{shop}（示例）有限公司", "credit_code": demo_credit_code(self.chance)}
        if item.code == SENIOR:
            kind = self.chance.choice(("60", "70"))
            return {"elder": self._person(), "by_relative": "no", "address": place, "card_type": kind}
        shared = {"agent": self._person(), "place": place, "area": str(self.chance.randint(8, 90))}
        if item.code == SIGN:
            form = {"form": "sign", "lit": "yes", "until": "2028-12-31"}
            if self.plan.number % 2:
                return {**shared, **form, "applicant_type": "person"}
            return {**shared, **form, "applicant_type": "organisation", "organisation": firm}
        scope = self.chance.choice(("full", "hot", "drinks"))
        more = {"shop": shop, "hot": "yes", "fume": "静电式油烟净化器", "opening": "2027-03-01", "scope": scope}
        return {**shared, **more, "organisation": firm}

    def ask(self) -> None:
        item = queries.item_by_code(self.plan.code, self.play.now)
        paper_ = next(one for one in item.materials if one.required) if item else None
        if paper_ is None:
            return
        rows = [{"what": f"material:{paper_.key}", "text": "照片四角不完整，请重新拍摄"}]
        actions.ask_supplement(actor=self.clerk, number=self.number, expected_version=self._version(), rows=rows)

    def supply(self) -> None:
        item = queries.item_by_code(self.plan.code, self.play.now)
        key = next(one.key for one in item.materials if one.required) if item else ""
        actions.supply_matter(
            actor=self.applicant, number=self.number, expected_version=self._version(), text="已重新拍摄",
            materials={key: [self.play.paper(self.applicant, 5)]},
        )  # fmt: skip

    def _move(self, transition: str, note: str = "") -> None:
        kernel.move_case(
            number=self.number, transition=transition, actor=self.clerk, expected_version=self._version(), note=note
        )

    def accept(self) -> None:
        self._move("accept")

    def not_accept(self) -> None:
        self._move("not_accept", "该位置不在本区管辖范围，请向属地窗口申请。")

    def lapse(self) -> None:
        self._move("send_back", "补正期限已过，未收到补正材料，退回全部材料。")

    def withdraw(self) -> None:
        if self.applicant.kind is ActorKind.RESIDENT:
            actions.withdraw_matter(actor=self.applicant, number=self.number, expected_version=self._version())
        else:
            self._move("withdraw", "申请人到窗口要求撤回")

    def first(self) -> None:
        self._review("first")

    def beside(self) -> None:
        self._review("beside")

    def after(self) -> None:
        self._review("after")

    def _review(self, key: str) -> None:
        step = Assignment.objects.select_related("department").get(case__number=self.number, step_key=key, open=True)
        reviewer = User.objects.filter(
            memberships__department=step.department_id, memberships__role__code="coordinator"
        ).order_by("pk")[0]
        actions.give_opinion(
            actor=self.play.actor(reviewer.username), number=self.number, transition=f"review_{key}",
            assignment_id=step.pk, expected_version=step.version, opinion="agree",
            note="经审查，材料齐全，符合设置条件。",
        )  # fmt: skip

    def grant(self) -> None:
        actions.grant_matter(
            actor=self.play.actor("approver"), number=self.number, expected_version=self._version(),
            reason="经审查符合法定条件，准予。",
        )  # fmt: skip

    def refuse(self) -> None:
        actions.refuse_matter(
            actor=self.play.actor("approver"), number=self.number, expected_version=self._version(),
            reason="申请条件不符合规定，依法不予许可（演示）。",
            remedy="可自收到本决定之日起六十日内申请行政复议，或者六个月内提起行政诉讼。",
        )  # fmt: skip

    def revoke(self) -> None:
        licence = Licence.objects.get(case__case__number=self.number)
        actions.revoke_licence(
            actor=self.play.actor("approver"), licence_id=licence.pk, reason="持证人申请注销，设施已拆除（演示）"
        )
