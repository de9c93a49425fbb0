"""Registers dotted names only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cases.kinds import CaseKind, register_kind
from ledger import kinds
from services.kinds import ITEM_FIELDS, MOVES, NOTICE, RETENTION
from services.privacy import PRIVACY_NOTICE, REQUEST_KIND

SERVICE_KIND = CaseKind(
    slug="service",
    name_zh="政务服务办件",
    name_en="Application",
    icon="file-earmark-check",
    workflow="services.workflow.SERVICE",
    detail="services.queries.matter_detail",
    facts="services.queries.facts",
    deadline="services.queries.deadline",
    categories="services.queries.category_names",
    moves=MOVES,
    partial="services/detail.html",
    called="application",
)


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Services")

    def ready(self) -> None:
        register_kind(SERVICE_KIND)
        kinds.register_edition(
            "catalogue",
            name_zh="政务服务事项目录",
            name_en="Catalogue of services",
            about_zh="可以申请什么事项，谁能办，时限多长，收不收费。",
            about_en="What can be applied for, by whom, how long it takes and what it costs.",
            rows="services.queries.item_rows",
            fields=ITEM_FIELDS,
            draft="services.actions.draft_catalogue",
            validate="services.queries.item_faults",
            row_url="service_item_edit",
        )
        kinds.register_document(
            "services.licence",
            template="documents/services/licence.html",
            context="services.queries.licence_context",
            series="LIC",
            name_zh="电子证照",
            name_en="Electronic licence",
        )
        kinds.register_notice(
            NOTICE,
            versions="services.kinds.SERVICE_NOTICE",
            name_zh="办事申请",
            name_en="Application for a service",
            templates=("services/apply.html", "services/file_for.html"),
        )
        for row in RETENTION:
            kinds.add_retention(row)
        register_kind(REQUEST_KIND)
        kinds.register_handler("services.privacy", handler="services.actions.privacy.settle_privacy", queue="notify")
        kinds.add_notice(PRIVACY_NOTICE)
        kinds.register_city_part(
            "services", "services.actions.load_items", order=35, export="services.actions.export_items"
        )
