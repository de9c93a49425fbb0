from django.urls import path, re_path

from events import views
from events.api import reports
from events.api.open311 import views as open311
from events.views import categories, desk, field

# residents' pages have plain names: other rooms and the home page link to them
FORM = r"(?:\.(?P<form>json|xml))?$"
urlpatterns = [
    path("report/", views.report, name="events_report"),
    path("report/addresses/", views.report_addresses, name="events_report_addresses"),
    path("track/<slug:token>/rate/", views.rate, name="events_rate"),
    path("track/<slug:token>/reopen/", views.reopen, name="events_reopen"),
    path("area/", views.areas, name="events_area"),
    path("area/<slug:code>/", views.area, name="events_place"),
    path("released/<uuid:file>/<slug:variant>/", views.released_photo, name="events_released_photo"),
    path("field/", field.tasks, name="field_tasks"),
    path("field/map/", field.map_page, name="field_map"),
    path("field/report/", field.report, name="field_report"),
    path("field/outbox/", field.outbox, name="field_outbox"),
    path("field/me/", field.me, name="field_me"),
    path("field/cases/<slug:number>/", field.case, name="field_case"),
    path("field/cases/<slug:number>/<slug:transition>/", field.visit, name="field_visit"),
    path("desk/register/", desk.register, name="event_register"),
    path("desk/categories/<int:edition>/new/", categories.edit_category, name="events_category_new"),
    path("desk/categories/<int:edition>/row/<path:code>/", categories.edit_category, name="events_category"),
    path("desk/cases/<slug:number>/file/", desk.file, name="event_file"),
    path("desk/cases/<slug:number>/finish/", desk.finish, name="event_finish"),
    path("desk/cases/<slug:number>/check/<slug:transition>/", desk.check, name="event_check"),
    path("desk/cases/<slug:number>/release/", desk.release, name="event_release"),
    path("api/v1/reports", reports.ReportsView.as_view(), name="api_reports"),
    path("api/v1/reports/<slug:number>", reports.ReportView.as_view(), name="api_report"),
    re_path(rf"^open311/(?:v2/)?discovery{FORM}", open311.discovery, name="open311_discovery"),
    re_path(rf"^open311/v2/services{FORM}", open311.services, name="open311_services"),
    re_path(rf"^open311/v2/services/(?P<code>[0-9A-Za-z-]{{1,60}}){FORM}", open311.service, name="open311_service"),
    re_path(rf"^open311/v2/requests{FORM}", open311.requests, name="open311_requests"),
    re_path(
        rf"^open311/v2/requests/(?P<number>[0-9A-Za-z-]{{1,40}}){FORM}", open311.request_page, name="open311_request"
    ),
    re_path(rf"^open311/v2/tokens/(?P<token>[0-9A-Za-z]{{1,80}}){FORM}", open311.token, name="open311_token"),
]
