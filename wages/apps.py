"""Registers dotted names only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cases.kinds import CaseKind, register_kind
from ledger import kinds
from wages.kinds import RETENTION


class WagesConfig(AppConfig):
    name = "wages"
    verbose_name = _("Wages")

    def ready(self) -> None:
        # forms and templates that collect a claimant's contact go in here
        kinds.register_notice(
            "wage_claim", versions="wages.kinds.CLAIM_NOTICE", name_zh="欠薪诉求", name_en="Wage claim"
        )
        for row in RETENTION:
            kinds.add_retention(row)
        register_kind(
            CaseKind(
                slug="wage_warning",
                name_zh="工资预警",
                name_en="Wage warning",
                workflow="wages.workflow.WARNING",
                detail="wages.queries.warning_detail",
                facts="wages.queries.warning_facts",
                deadline="wages.queries.deadline",
                categories="wages.queries.category_names",
                moves={"order": "wage_order", "record_payment": "wage_payment"},
                partial="wages/warning_detail.html",
            )
        )
        register_kind(
            CaseKind(
                slug="wage_claim",
                name_zh="欠薪诉求",
                name_en="Wage claim",
                workflow="wages.workflow.CLAIM",
                detail="wages.queries.claim_detail",
                categories="wages.queries.category_names",
                partial="wages/claim_detail.html",
            )
        )
