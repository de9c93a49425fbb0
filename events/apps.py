"""Dotted names only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cases.kinds import CaseKind, register_kind
from events.kinds import NOTICES, RETENTION
from ledger import kinds


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        register_kind(
            CaseKind(
                slug="event",
                name_zh="城市管理事件",
                name_en="Incident",
                workflow="events.workflow.EVENT",
                detail="events.queries.report_detail",
                facts="events.queries.facts",
                deadline="events.queries.deadline",
                automatic="events.actions.automatic_facts",
                categories="events.queries.category_names",
                moves={
                    "file": "event_file",
                    "finish": "event_finish",
                    "check_passed": "event_check",
                    "check_failed": "event_check",
                },
                partial="events/detail.html",
                public=True,
                tracking="events.queries.track_facts",
            )
        )
        for notice in NOTICES:
            kinds.add_notice(notice)
        for row in RETENTION:
            kinds.add_retention(row)
        kinds.register_city_part(
            "categories", "events.actions.load_categories", order=30, export="events.actions.export_categories"
        )
