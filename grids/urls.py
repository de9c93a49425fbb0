from django.urls import path

from grids import api, views

urlpatterns = [
    path("grids/", views.posting_list, name="grids_posting_list"),
    path("grids/<slug:code>/", views.posting, name="grids_posting"),
    path("desk/grids/", views.desk, name="grids_desk"),
    path("addresses/", views.addresses, name="grids_addresses"),
    path("map/config.json", views.map_config, name="grids_map_config"),
    path("map/at.json", views.at_json, name="grids_at_json"),
    path("tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="grids_tile"),
    path("api/v1/grid-at", api.GridAtView.as_view(), name="grids_api_grid_at"),
]
