"""Registers dotted names only."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from accounts.checks import gateway_check
from accounts.kinds import RETENTION
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
        kinds.register_handler(
            "ledger.edition_waiting", handler="accounts.actions.tell_approvers", queue="notify", batch=1
        )
        kinds.register_notice(
            "sign_in",
            versions="accounts.kinds.SIGN_IN_NOTICE",
            name_zh="手机号登录",
            name_en="Signing in by phone",
            forms=("accounts.forms.PhoneForm",),
            templates=("accounts/phone.html",),
        )
        for row in RETENTION:
            kinds.add_retention(row)
        for name, order in (("roles", 18), ("departments", 20), ("users", 22)):
            kinds.register_city_part(
                name, f"accounts.actions.load_{name}", order=order, export=f"accounts.queries.export_{name}"
            )
