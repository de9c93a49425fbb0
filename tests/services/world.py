"""The demo city from its folder: departments, roles, people, rules, services; and shortcuts through a matter."""

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from PIL import Image

from accounts.actions import load_departments, load_roles, load_users
from accounts.demo_identity import demo_credit_code, demo_id_number, demo_name, demo_phone
from accounts.models import Membership, User
from accounts.queries import presence_of_user
from cases import actions as kernel
from cases.actions import load_rules
from cases.models import Assignment, Case
from ledger.actions import install_test_clock, redeem_due, store_photo
from ledger.actors import Actor, ActorKind
from ledger.cityfolder import Change, CityFolder
from ledger.clock import app_now
from services import actions, queries

TAIAN = Path(settings.CITIES_DIR) / "taian"
SENIOR, SIGN, RESTAURANT = "379999020001", "379999010002", "379999010003"
LOADER = Actor(kind=ActorKind.MEMBER, id="1", rights=frozenset({"rules.draft", "rules.approve"}))
MONDAY = "2026-11-23T01:00:00+00:00"  # 09:00 in the city
_keys = itertools.count(1)


@dataclass
class City:
    actors: dict[str, Actor] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __getitem__(self, username: str) -> Actor:
        if username not in self.actors:
            self.actors[username] = presence_of_user(User.objects.get(username=username), None).actor
        return self.actors[username]

    def photo(self, actor: Actor) -> UUID:
        """A stored photo of a paper, another one at every call."""
        out = BytesIO()
        colour = tuple(self.chance.randrange(256) for _ in range(3))
        Image.new("RGB", (64, 48), colour).save(out, "JPEG")
        return store_photo(data=out.getvalue(), actor=actor, staff=False, now=app_now()).file.pk

    def person(self) -> dict[str, str]:
        return {
            "name": demo_name(self.chance),
            "id_number": demo_id_number(self.chance),
            "phone": demo_phone(self.chance),
        }

    def organisation(self) -> dict[str, str]:
        return {"name": "示例餐饮有限公司", "credit_code": demo_credit_code(self.chance)}

    def answers(self, code: str) -> dict[str, Any]:
        """Answers that fit."""
        if code == SENIOR:
            return {"elder": self.person(), "by_relative": "no", "address": "示范街 1 号", "card_type": "70"}
        shared = {"organisation": self.organisation(), "agent": self.person(), "place": "示范街 8 号", "area": "32.5"}
        if code == SIGN:
            more = {"applicant_type": "organisation", "form": "sign", "lit": "yes", "until": "2028-01-01"}
            return {**shared, **more}
        return {**shared, "shop": "示例小馆", "hot": "no", "opening": "2027-01-10", "scope": "drinks"}

    def apply(self, code: str, actor: Actor | None = None, **more: Any) -> Case:
        """An application that is complete, and its case."""
        who = actor or self["resident"]
        item = queries.item_by_code(code, app_now())
        assert item is not None
        papers = {paper.key: [self.photo(who)] for paper in item.materials if paper.required}
        given: dict[str, Any] = {
            "code": code, "edition": item.edition, "answers": self.answers(code), "materials": papers,
            "purpose": "" if who.kind is ActorKind.RESIDENT else "at the counter", **more,
        }  # fmt: skip
        key = given.pop("submission_key", f"service-{next(_keys)}")
        receipt = actions.apply_for(actor=who, application=actions.Application(**given), submission_key=key)
        return Case.objects.get(pk=receipt.case_id)


def build() -> City:
    install_test_clock()
    folder, now = CityFolder(TAIAN), app_now()
    loaders: tuple[Any, ...] = (load_roles, load_departments, load_users, actions.load_items, load_rules)
    for load in loaders:
        change: Change = load(folder, apply=True, actor=LOADER, now=now)
        assert change.added, load
    assert folder.faults == []
    return City()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def step(case: Case, key: str) -> Assignment:
    return Assignment.objects.get(case=case, step_key=key, open=True)


def open_steps(case: Case) -> dict[str, str]:
    """Open steps with the department that has each."""
    rows = Assignment.objects.filter(case=case, open=True).select_related("department")
    return {row.step_key: row.department.code for row in rows}


def move(case: Case, transition: str, actor: Actor, **more: Any) -> None:
    kernel.move_case(
        number=case.number, transition=transition, actor=actor, **{"expected_version": fresh(case).version, **more}
    )


def accept(city: City, case: Case) -> None:
    """Accepted by the body it was filed at, and handed on by the promises."""
    clerk = "window" if case.category.endswith(SENIOR) else "approver"
    move(case, "accept", city[clerk])
    redeem_due()


def review(city: City, case: Case, key: str, opinion: str = "agree") -> None:
    """The opinion of the department that has the step; what it promises is redeemed."""
    here = step(case, key)
    hat = Membership.objects.filter(department=here.department, role__code="coordinator").select_related("user")[0]
    actions.give_opinion(
        actor=city[hat.user.username], number=case.number, transition=f"review_{key}", assignment_id=here.pk,
        expected_version=here.version, opinion=opinion, note="材料齐全，符合要求",
    )  # fmt: skip
    redeem_due()


def to_decision(city: City, case: Case) -> None:
    """Through every review of the item."""
    accept(city, case)
    for key in ("first", "beside", "after"):
        if key in open_steps(case):
            review(city, case, key)
    assert fresh(case).state == "deciding"


def grant(city: City, case: Case, **more: Any) -> Any:
    to_decision(city, case)
    return actions.grant_matter(
        actor=city["approver"], number=case.number, expected_version=fresh(case).version,
        reason="符合条件，准予", **more,
    )[1]  # fmt: skip


def licensed(city: City, code: str = SENIOR, actor: Actor | None = None) -> Any:
    """A licence of a matter that went the whole way."""
    return grant(city, city.apply(code, actor))


def rows(*missing: tuple[str, str]) -> list[Mapping[str, str]]:
    return [{"what": what, "text": text} for what, text in missing]
