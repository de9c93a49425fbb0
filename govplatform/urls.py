"""All routes. Every view declares who may call it (accounts.access); the access matrix fails on one that does not."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("events.urls")),
    path("", include("wages.urls")),
    path("", include("services.urls")),
    path("", include("cases.urls")),
    path("", include("grids.urls")),
    path("", include("accounts.urls")),
    path("", include("ledger.urls")),
    path("", include("govplatform.page_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "govplatform.errors.page_400"
handler403 = "govplatform.errors.page_403"
handler404 = "govplatform.errors.page_404"
handler500 = "govplatform.errors.page_500"
