"""Dotted names only."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from cases.kinds import check_kinds


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        checks.register(check_kinds)
