"""Dotted names only."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from cases.kinds import RETENTION, RULE_FIELDS, RULE_VERDICTS, check_kinds
from grids.kinds import WorkSource, register_consequence, register_follower, register_work
from ledger import kinds

DOCUMENTS = (
    (
        "cases.report",
        "documents/case_report.html",
        "cases.queries.papers.case_report",
        "AJBG",
        "案件报告",
        "Case report",
    ),
    (
        "cases.acceptance",
        "documents/acceptance.html",
        "cases.queries.papers.acceptance_notice",
        "SLTZ",
        "受理通知书",
        "Notice of acceptance",
    ),
)

WORK = {
    "held": "cases.queries.zoning.cases_held",
    "moving": "cases.queries.zoning.cases_moving",
    "in_grid": "cases.queries.zoning.cases_in",
}
REGRID = {
    "step": "cases.actions.regrid_step",
    "name_zh": "案件随网格调整",
    "name_en": "Cases follow the boundaries",
    "queue": "geo",
}


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        checks.register(check_kinds)
        kinds.register_handler(
            "cases.route", handler="cases.actions.route_case", many="cases.actions.route_cases", queue="route"
        )
        kinds.register_handler("cases.notify", handler="cases.actions.tell", queue="notify")
        kinds.register_handler("cases.deadline", handler="cases.actions.tell_deadline", queue="notify")
        kinds.register_handler("cases.child_closed", handler="cases.actions.child_closed", queue="route")
        kinds.register_job("cases.regrid", **REGRID)
        kinds.register_periodic("cases.deadlines", handler="cases.actions.sweep_deadlines", seconds=60)
        kinds.register_periodic("cases.free_steps", handler="cases.actions.free_steps", seconds=60)
        for key, template, context, series, name_zh, name_en in DOCUMENTS:
            kinds.register_document(
                key, template=template, context=context, series=series, name_zh=name_zh, name_en=name_en
            )
        register_consequence("cases", "cases.queries.zoning.moving_cases")
        register_work("cases", WorkSource(**WORK))
        register_follower("cases", "cases.actions.follow_paths")
        kinds.register_handler("cases.hand_over_work", handler="cases.actions.hand_over_work", queue="route", batch=1)
        kinds.register_city_part("rules", "cases.actions.load_rules", order=40, export="cases.queries.export_rules")
        kinds.register_edition(
            "routing",
            name_zh="派遣规则",
            name_en="Routing rules",
            about_zh="新案件送往哪个部门，自动派遣还是只提出建议。",
            about_en="Which department a new case goes to, and whether at once or as a proposal.",
            rows="cases.queries.rule_rows",
            fields=RULE_FIELDS,
            draft="cases.actions.draft_rules",
            validate="cases.queries.rule_faults",
            row_url="cases:rule_edit",
            new_url="cases:rule_new",
        )
        for row in RETENTION:
            kinds.add_retention(row)
        kinds.register_simulation(
            "routing",
            run="cases.queries.simulate_rules",
            tell="cases.queries.tell_rules",
            groups="cases.queries.rule_groups",
            verdicts=RULE_VERDICTS,
            name_zh="用历史案件试算派遣",
            name_en="Route past cases by this draft",
            units=("件案件", "cases"),
            group=("部门", "Department"),
        )
        for name in ("I1", "I2", "I3", "I4", "I8"):
            kinds.register_invariant(name, f"cases.queries.invariant_{name.lower()}")
