"""Registers dotted names only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cases.kinds import register_kind
from grids.kinds import register_follower
from ledger import kinds
from wages.kinds import CASES, RETENTION, RULE_FIELDS, RULE_VERDICTS


class WagesConfig(AppConfig):
    name = "wages"
    verbose_name = _("Wages")

    def ready(self) -> None:
        for kind in CASES:
            register_kind(kind)
        kinds.register_notice(
            "wage_claim",
            versions="wages.kinds.CLAIM_NOTICE",
            name_zh="欠薪诉求",
            name_en="Wage claim",
            forms=("wages.forms.ClaimForm",),
            templates=("wages/claim.html",),
        )
        kinds.register_notice("wage_sheet", versions="wages.kinds.SHEET_NOTICE", name_zh="工资表", name_en="Wage sheet")
        register_follower("wages", "wages.actions.follow_paths")
        for row in RETENTION:
            kinds.add_retention(row)
        kinds.register_handler("wages.judge", handler="wages.actions.judge", queue="import", batch=10)
        kinds.register_periodic("wages.judge_due", handler="wages.actions.judge_due", seconds=86400)
        kinds.register_import(
            "wages.sheet", columns="wages.imports.sheet_columns", check="wages.imports.check_sheet",
            commit="wages.actions.commit_sheet", right="wages.manage", name_zh="工资表", name_en="Wage sheet",
        )  # fmt: skip
        kinds.register_import(
            "wages.projects", columns="wages.imports.report_columns", check="wages.imports.check_reports",
            changes="wages.imports.report_changes", commit="wages.actions.commit_reports", right="wages.manage",
            name_zh="项目与专户月报", name_en="Projects and special account",
        )  # fmt: skip
        kinds.register_edition(
            "wage-rules",
            name_zh="工资预警规则",
            name_en="Wage rules",
            about_zh="什么情况产生预警、等级和依据条款。",
            about_en="What raises a warning, how grave it is, and by which clause.",
            rows="wages.queries.wage_rule_rows",
            fields=RULE_FIELDS,
            draft="wages.actions.draft_wage_rules",
            validate="wages.queries.wage_rule_faults",
            row_url="wage_rule_edit",
        )
        kinds.register_simulation(
            "wage-rules", run="wages.queries.simulate_wage_rules", tell="wages.queries.tell_wage_rules",
            groups="wages.queries.wage_rule_groups", verdicts=RULE_VERDICTS, name_zh="用已报送的月份试算预警",
            name_en="Judge reported months by this draft", units=("个项目月", "project months"),
            group=("规则和等级", "Rule and level"), scopes=("months",),
        )  # fmt: skip
        kinds.register_city_part("wage_rules", "wages.actions.load_wage_rules", order=41,
                                 export="wages.actions.export_wage_rules")  # fmt: skip
        kinds.register_city_part("wage_projects", "wages.actions.load_projects", order=60,
                                 export="wages.actions.export_projects")  # fmt: skip
