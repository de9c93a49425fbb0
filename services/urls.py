from django.urls import path

from services import api
from services.views import applying, desk, editions, mine, privacy, public

# residents' pages have plain names: other rooms and the home page link to them
urlpatterns = [
    path("api/v1/services", api.ServicesView.as_view(), name="api_services"),
    path("api/v1/services/<slug:code>", api.ServiceView.as_view(), name="api_service"),
    path("api/v1/matters/<slug:number>", api.MatterView.as_view(), name="api_matter"),
    path("services/", public.catalogue, name="services"),
    path("services/mine/", mine.matters, name="services_mine"),
    path("services/mine/<slug:number>/", mine.matter, name="service_mine"),
    path("services/mine/<slug:number>/supplement/", mine.supply, name="service_supplied"),
    path("services/mine/<slug:number>/withdraw/", mine.withdraw, name="service_withdraw"),
    path("services/licences/<uuid:licence_id>/", mine.licence, name="service_licence"),
    path("services/licences/<uuid:licence_id>/licence.pdf", mine.licence_pdf, name="service_licence_pdf"),
    path("services/<slug:code>/", public.item, name="service_item"),
    path("services/<slug:code>/apply/", applying.apply, name="service_apply"),
    path("services/<slug:code>/draft/", applying.drop, name="service_drop"),
    path("licences/verify/", public.verify, name="licence_verify"),
    path("licences/verify/<slug:token>/", public.verify_code, name="licence_verify_code"),
    path("desk/services/", desk.work, name="service_work"),
    path("desk/services/file/<slug:code>/", applying.file_for, name="service_file_for"),
    path("desk/services/licences/", desk.licences, name="service_licences"),
    path("desk/services/licences/<uuid:licence_id>/revoke/", desk.revoke, name="service_revoke"),
    path("desk/services/editions/<int:edition>/<slug:code>/", editions.edit_item, name="service_item_edit"),
    path("desk/cases/<slug:number>/missing/", desk.supplement, name="service_supplement"),
    path("desk/cases/<slug:number>/papers/", desk.take_papers, name="service_supply"),
    path("desk/cases/<slug:number>/opinion/<slug:transition>/", desk.opinion, name="service_opinion"),
    path("desk/cases/<slug:number>/grant/", desk.grant, name="service_grant"),
    path("desk/cases/<slug:number>/refuse/", desk.refuse_it, name="service_refuse"),
    path("desk/cases/<slug:number>/personal/", desk.personal, name="service_personal"),
    path("my-data/", privacy.my_data, name="my_data"),
    path("my-data/copy/", privacy.my_data_copy, name="my_data_copy"),
]
