"""Pages of the house itself: home, notes, appearance, and what makes the field pages installable."""

from django.urls import URLPattern, path

from govplatform import description, pages

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/notices/<slug:key>/<int:version>/", pages.privacy_notice, name="privacy_notice"),
    path("appearance/", pages.appearance, name="appearance"),
    path("manifest.webmanifest", pages.webmanifest, name="webmanifest"),
    path("sw.js", pages.service_worker, name="service_worker"),
    path("offline/", pages.offline, name="offline"),
    path("api/v1/openapi.json", description.OpenApiView.as_view(), name="api_description"),
    path("desk/components/", pages.components, name="components"),
]
