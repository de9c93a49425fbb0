from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from ledger import kinds
from ledger.checks import broker_options, registered_names


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        checks.register(registered_names)
        checks.register(broker_options)
        kinds.register_handler("ledger.canary", handler="ledger.actions.sing", queue="route")
        kinds.register_handler("ledger.periodic", handler="ledger.actions.redeem_periodic", queue="route", batch=1)
        for queue in kinds.QUEUES:
            kinds.register_handler(
                f"ledger.job.{queue}",
                handler="ledger.actions.settle_job_step",
                prepare="ledger.actions.prepare_job",
                send="ledger.actions.run_job_step",
                queue=queue,
            )
        kinds.register_handler(
            "ledger.render",
            prepare="ledger.actions.prepare_render",
            send="ledger.actions.send_render",
            handler="ledger.actions.settle_render",
            queue="document",
        )
        kinds.register_periodic("ledger.reconcile", handler="ledger.actions.reconcile", seconds=300)
        kinds.register_periodic("ledger.tidy", handler="ledger.actions.tidy", seconds=3600)
        kinds.register_invariant("I5", "ledger.queries.invariant_files")
        kinds.register_invariant("I6", "ledger.queries.invariant_promises")
        kinds.register_invariant("I7", "ledger.queries.invariant_audit")
        kinds.register_city_part(
            "calendar", "ledger.actions.load_calendar", order=10, export="ledger.imports.export_calendar"
        )
