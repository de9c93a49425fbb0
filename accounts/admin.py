"""Django admin: reading only, configuration tables only, system administrator only (access.THIRD_PARTY)."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Department, Role


def _the_gate_decided(request: HttpRequest) -> bool:
    """Who comes this far has passed the rule of "admin:*"; a staff flag would be a second, weaker rule."""
    return request.user.is_authenticated


admin.site.has_permission = _the_gate_decided  # type: ignore[method-assign]
admin.site.site_url = "/accounts/home/"


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Shows rows and changes none; the route itself admits only who has "accounts.manage"."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Role)
class RoleAdmin(ReadOnly):
    list_display = ("code", "name_zh", "name_en", "face", "totp_required", "separation")


@admin.register(Department)
class DepartmentAdmin(ReadOnly):
    list_display = ("code", "name_zh", "name_en", "level", "function", "territory", "active")
