"""Dotted names only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cases.kinds import CaseKind, register_kind
from events.kinds import CATEGORY_FIELDS, NOTICES, RETENTION
from ledger import kinds

BLIND_SPOT_KIND = CaseKind(
    slug="blind_spot",
    name_zh="责任盲区",
    name_en="Blind spot",
    workflow="events.workflow.blind_spot.BLIND_SPOT",
    detail="events.queries.blind_spots.spot_detail",
    categories="events.queries.blind_spots.spot_names",
    partial="events/blind_spot.html",
    called="warning",
)


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        register_kind(
            CaseKind(
                slug="event",
                name_zh="城市管理事件",
                name_en="Incident",
                icon="geo-alt",
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
        register_kind(BLIND_SPOT_KIND)
        kinds.register_handler("events.blind_spots", handler="events.actions.find_blind_spots", queue="geo", batch=1)
        kinds.register_periodic("events.blind_spots", handler="events.actions.look_every_night", seconds=3600)
        for notice in NOTICES:
            kinds.add_notice(notice)
        for row in RETENTION:
            kinds.add_retention(row)
        kinds.register_edition(
            "categories",
            name_zh="事部件类别目录",
            name_en="Categories of events and parts",
            about_zh="能上报什么、何时立案、多少时限、何时结案。",
            about_en="What can be reported, when it is filed, how long it may take, when it is closed.",
            rows="events.queries.category_rows",
            fields=CATEGORY_FIELDS,
            draft="events.actions.draft_categories",
            validate="events.queries.category_faults",
            row_url="events_category",
            new_url="events_category_new",
        )
        kinds.register_city_part(
            "categories", "events.actions.load_categories", order=30, export="events.actions.export_categories"
        )
