"""Wages of the demo: two months of sheets for every project, eight findings, some handled, some claims.

Everything goes through the check and the commit of the import and through the actions of the people who act.
"""

import random
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.demo_identity import demo_id_number, demo_name, demo_phone
from cases import actions as kernel
from cases.models import Case
from govplatform.demo.cast import Cast
from grids.queries import today
from ledger.actions import redeem_held
from ledger.actors import ANONYMOUS, Actor, ActorKind
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.kinds import SheetRow
from ledger.promises import held
from wages import actions, rules
from wages.imports import check_sheet
from wages.models import Project

TEAMS = ("木工一组", "钢筋二组", "砌筑三组", "水电四组")
WORKERS = (11, 16)  # of a project: fewest, most
SHORT = (0, 1, 2, 3)  # projects that did not pay everybody in the newest month due
SILENT = (4, 5)  # projects that paid nobody the month before: two findings each
RESIDENT_PHONE = "16100000001"


class WageDemo:
    """One run; `seed` is called once."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.chance = cast, random.Random(724)  # noqa: S311 - the same demo every time
        self.city = Actor(
            kind=ActorKind.MEMBER, id="0", membership_id=0, rights=frozenset({"wages.manage"}), territory="/3709/"
        )
        day = today()
        # the newest month whose pay date (the 20th at the latest) has surely passed
        self.newest = rules.add_months(rules.first_of(day), -1 if day.day > 22 else -2)

    def seed(self, most: int | None = None) -> int:
        """Sheets, then what the inspectors do. Returns how many projects have sheets.

        Arguments:
            most: only the first so many projects.
        """
        projects = list(Project.objects.order_by("code")[:most])
        with held() as promised:
            for number, project in enumerate(projects):
                self._sheet(number, project)
                self._bank(number, project)
            self._claims(projects)
            redeem_held(ids=promised)
            self._handle()
            redeem_held(ids=promised)
        return len(projects)

    def _sheet(self, number: int, project: Project) -> None:
        """Two months of one project, as one sheet."""
        rows: list[SheetRow] = []
        for worker in range(self.chance.randint(*WORKERS)):
            who = self._identity(number, worker)
            for month in (rules.add_months(self.newest, -1), self.newest):
                rows.append(SheetRow(len(rows) + 2, {**who, **self._line(number, worker, project, month)}))
        faults = check_sheet(rows, actor=self.city, now=app_now())
        if faults:
            raise ValueError(f"demo sheet of {project.code}: {faults[:3]}")
        with transaction.atomic():
            actions.commit_sheet(rows=rows, run_id=uuid7(), actor=self.city, now=app_now())

    def _identity(self, number: int, worker: int) -> dict[str, Any]:
        phone = RESIDENT_PHONE if (number, worker) == (0, 0) else demo_phone(self.chance)
        return {"name": demo_name(self.chance), "id_number": demo_id_number(self.chance), "phone": phone}

    def _line(self, number: int, worker: int, project: Project, month: date) -> dict[str, Any]:
        days = Decimal(self.chance.randint(20, 27))
        due = days * Decimal(self.chance.choice((260, 280, 300, 320)))
        silent = number in SILENT and month != self.newest
        short = number in SHORT and month == self.newest and worker < 2 + number
        paid_on = rules.pay_date(month, project.pay_day, lambda day: day.weekday() < 5)
        paid = None if silent or short else due
        return {
            "project": project.code, "month": month, "team": TEAMS[worker % len(TEAMS)], "days": days,
            "due": None if silent else due, "paid": paid, "paid_on": paid_on if paid else None,
        }  # fmt: skip

    def _bank(self, number: int, project: Project) -> None:
        """What the bank told of the newest month, for the first projects."""
        if number >= 12:
            return
        agreed = Decimal(120_000)
        arrived = agreed * (Decimal("0.7") if number in SHORT else 1)
        bank = actions.BankMonth(
            agreed=agreed, arrived=arrived, arrived_on=rules.add_months(self.newest, 1), balance=Decimal(8_000 + number)
        )
        actions.record_bank_month(actor=self.city, code=project.code, month=self.newest, bank=bank)

    def _claims(self, projects: list[Project]) -> None:
        for number, project in enumerate(projects[:3]):
            claim = actions.Claim(
                project=project.code, first=self.newest, last=self.newest, amount=Decimal(6000 + number * 500),
                people=1 + number, description="上月工资到现在没有发，问了班组长说再等等。（演示）",
            )  # fmt: skip
            actions.file_claim(actor=ANONYMOUS, claim=claim, submission_key=f"demo-wage-claim-{number}")

    def _handle(self) -> None:
        """One warning is verified, one has its firm heard, one is under an order to pay."""
        inspector = self.cast.members[self.cast.departments["370902-rs"], "labour_inspector"][0]
        open_ones = Case.objects.filter(kind="wage_warning", state="to_verify", department=inspector.department_id)
        for steps, case in enumerate(open_ones.order_by("pk")[:3], 1):
            for name, note in (
                ("confirm", "已到项目部核对考勤与工资表，情况属实。"),
                ("hear", "企业称建设单位拨款延迟。"),
            )[:steps]:
                self._move(case, name, inspector, note)
            if steps == 3:
                actions.order_payment(
                    actor=inspector, case_id=case.pk, expected_version=Case.objects.get(pk=case.pk).version,
                    amount=Decimal(18_000), pay_until=rules.add_months(rules.first_of(today()), 1).replace(day=5),
                    reason="应于约定发薪日足额支付，现责令限期支付。",
                )  # fmt: skip

    def _move(self, case: Case, name: str, actor: Actor, note: str) -> None:
        version = Case.objects.get(pk=case.pk).version
        kernel.move_case(number=case.number, transition=name, actor=actor, expected_version=version, note=note)
