"""Coded words of the kernel in both languages."""

from django.utils.translation import gettext_lazy as _

SOURCES = {
    "gridworker": _("Grid worker"),
    "public": _("Public"),
    "hotline": _("Hotline"),
    "api": _("Other system"),
}
