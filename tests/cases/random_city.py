"""The demo city for random moves: its real departments, roles, people and rules, and a new case of any kind."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import models

from accounts.models import Department, Membership
from accounts.queries import presence_of_user
from cases import engine
from cases.models import Case
from events.models import Category, Report
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.models import StoredFile
from services.models import Item
from tests.events.town import load_catalogue
from tests.services import world as demo_city

PATH = "/3709/370902/370902900/370902900001/"
FAR = "/3709/370983/"
MADE_UP = {
    "centre": ("acceptor", "duty_chief", "dispatcher"),
    "works": ("coordinator", "handler"),
    "office": ("handler",),
    "lab": ("handler",),
}


@dataclass
class RandomCity:
    """Everybody with a hat, one actor each; and departments to send to."""

    actors: list[Actor]
    departments: list[int]
    colleagues: dict[int, list[int]]

    def file(self) -> StoredFile:
        """A stored photo; only its row, for no move reads it."""
        return StoredFile.objects.create(
            id=uuid7(), sha256=uuid4().hex * 2, size=1, media_type="image/jpeg", created_at=app_now(),
            created_by_kind="member",
        )  # fmt: skip


def build() -> RandomCity:
    demo_city.build()
    load_catalogue()
    _bodies_of_the_made_up_kind()
    hats = Membership.objects.select_related("user", "role").order_by("pk")
    actors = [presence_of_user(hat.user, hat.pk).actor for hat in hats]
    colleagues: dict[int, list[int]] = {}
    for hat in hats:
        colleagues.setdefault(hat.department_id, []).append(hat.user_id)
    return RandomCity(actors, sorted(colleagues), colleagues)


def _bodies_of_the_made_up_kind() -> None:
    """Its steps name functions that no real city has."""
    for function, roles in MADE_UP.items():
        body = Department.objects.create(
            code=function, name_zh=function, name_en=function, level="city", function=function, territory="/3709/"
        )
        for role in roles:
            hat = Membership.objects.filter(role__code=role).order_by("pk")[0]
            hat.pk, hat.department, hat.territory = None, body, body.territory
            hat.save(force_insert=True)


def _own_rows(case: Case) -> list[models.Model]:
    if case.kind != "event":
        return []
    return [Report(case=case, category=Category.objects.order_by("pk")[0])]


def open_case(kind: str, serial: int) -> Case:
    """A new case of a kind with what its moves look at; the reporter carries the private link."""
    answers: dict[str, Any] = {}
    category = f"{kind}/x"
    if kind == "event":
        category = Category.objects.order_by("pk")[0].key
    if kind == "service":
        item = Item.objects.order_by("pk")[serial % 3]
        answers, category = {"item": item.pk}, f"service/{item.code}"
    if kind == "privacy_request":
        answers, category = {"ask": "erase_contacts"}, "privacy/erase_contacts"
    new = engine.NewCase(
        kind=kind, title="A matter", category=category, source="public", path=PATH if serial % 5 else FAR,
        answers=answers,
    )  # fmt: skip
    opened = engine.open_case(
        new, actor=ANONYMOUS, now=app_now(), submission_key=f"random-{uuid4().hex}", submission_hash="x", own=_own_rows
    )
    return opened.case
