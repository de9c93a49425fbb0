"""Pages of the house itself: home, notes, appearance, and what makes the field pages installable."""

from django.urls import URLPattern, path

from govplatform import description, pages
from govplatform.ogc import views as ogc

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/notices/<slug:key>/<int:version>/", pages.privacy_notice, name="privacy_notice"),
    path("appearance/", pages.appearance, name="appearance"),
    path("manifest.webmanifest", pages.webmanifest, name="webmanifest"),
    path("sw.js", pages.service_worker, name="service_worker"),
    path("offline/", pages.offline, name="offline"),
    path("api/v1/openapi.json", description.api_description, name="api_description"),
    path("desk/api/", description.api_page, name="api_page"),
    path("ogc/", ogc.landing, name="ogc_landing"),
    path("ogc/api", ogc.api, name="ogc_api"),
    path("ogc/conformance", ogc.conformance, name="ogc_conformance"),
    path("ogc/collections", ogc.collection_list, name="ogc_collections"),
    path("ogc/collections/<slug:key>", ogc.collection_page, name="ogc_collection"),
    path("ogc/collections/<slug:key>/items", ogc.items, name="ogc_items"),
    path("ogc/collections/<slug:key>/items/<str:feature>", ogc.item, name="ogc_item"),
    path("desk/components/", pages.components, name="components"),
]
