"""Registers dotted names only."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from accounts.checks import gateway_check
from ledger import kinds


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        checks.register(gateway_check)
        kinds.register_handler(
            "accounts.deliver",
            prepare="accounts.actions.prepare_delivery",
            send="accounts.actions.send_delivery",
            handler="accounts.actions.record_delivery",
            queue="notify",
        )
        kinds.register_handler(
            "accounts.send_code",
            prepare="accounts.actions.prepare_code",
            send="accounts.actions.send_code",
            handler="accounts.actions.record_code",
            queue="notify",
        )
        kinds.register_periodic("accounts.tidy", handler="accounts.actions.tidy_codes", seconds=3600)
        for name, order in (("roles", 18), ("departments", 20), ("users", 22)):
            kinds.register_city_part(
                name, f"accounts.actions.load_{name}", order=order, export=f"accounts.queries.export_{name}"
            )
