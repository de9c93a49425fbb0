from django.urls import path

from grids import api, views
from grids.views import blind_spots, change_sets, duties, duty_kinds, layers, proposals, set_proposals, things, zoning

urlpatterns = [
    path("grids/", views.posting_list, name="grids_posting_list"),
    path("grids/<slug:code>/", views.posting, name="grids_posting"),
    path("grids/<slug:code>/poster/", views.poster, name="grids_poster"),
    path("desk/grids/", views.desk, name="grids_desk"),
    path("desk/grids/<slug:code>/", things.grid, name="grids_grid"),
    path("desk/things/<slug:kind>/", things.things, name="grids_things"),
    path("desk/things/<slug:kind>/export/", things.things_export, name="grids_things_export"),
    path("desk/things/<slug:kind>/<str:code>/", things.thing, name="grids_thing"),
    path("desk/duties/", duties.roster, name="grids_duties"),
    path("desk/duties/kinds/", duty_kinds.page, name="grids_duty_kinds"),
    path("desk/duties/kinds/<slug:act>/", duty_kinds.act, name="grids_duty_kinds_act"),
    path("desk/duties/<slug:act>/", duties.act, name="grids_duties_act"),
    path("desk/blind-spots/", blind_spots.page, name="grids_blind_spots"),
    path("desk/blind-spots/look/", blind_spots.look, name="grids_blind_spots_look"),
    path("duties/mine/", duties.mine, name="grids_my_duties"),
    path("duties/mine/renew/", duties.renew, name="grids_my_duties_renew"),
    path("duties/<slug:token>.ics", duties.calendar, name="grids_duty_calendar"),
    path("desk/zoning/", zoning.zoning, name="grids_zoning"),
    path("desk/zoning/begin/", zoning.zoning_begin, name="grids_zoning_begin"),
    path("desk/zoning/files/", layers.layers, name="grids_layers"),
    path("desk/zoning/files/import/", layers.layer_import, name="grids_layer_import"),
    path("desk/zoning/files/<uuid:run_id>/map.json", layers.layer_map, name="grids_layer_map"),
    path("desk/zoning/files/export/", layers.layer_export, name="grids_layer_export"),
    path("desk/zoning/sets/<int:set_id>/", change_sets.change_set, name="grids_change_set"),
    path("desk/zoning/sets/<int:set_id>/map.json", change_sets.change_set_map, name="grids_change_set_map"),
    path("desk/zoning/sets/<int:set_id>/proposals/", set_proposals.set_proposals, name="grids_set_proposals"),
    path(
        "desk/zoning/sets/<int:set_id>/proposals/take/",
        set_proposals.set_proposals_take,
        name="grids_set_proposals_take",
    ),
    path("desk/zoning/sets/<int:set_id>/<slug:move>/", change_sets.change_set_move, name="grids_change_set_move"),
    path("desk/zoning/<int:draft>/", zoning.zoning_draft, name="grids_zoning_draft"),
    path("desk/zoning/<int:draft>/map.json", zoning.zoning_map, name="grids_zoning_map"),
    path("desk/zoning/<int:draft>/edit/", zoning.zoning_edit, name="grids_zoning_edit"),
    path("desk/zoning/<int:draft>/proposals/", proposals.proposals, name="grids_proposals"),
    path("desk/zoning/<int:draft>/proposals/<int:proposal_id>/", proposals.proposal_page, name="grids_proposal"),
    path(
        "desk/zoning/<int:draft>/proposals/<int:proposal_id>/take/", proposals.proposal_take, name="grids_proposal_take"
    ),
    path(
        "desk/zoning/<int:draft>/proposals/<int:proposal_id>/stop/", proposals.proposal_stop, name="grids_proposal_stop"
    ),
    path("desk/zoning/<int:draft>/<slug:move>/", zoning.zoning_move, name="grids_zoning_move"),
    path("addresses/", views.addresses, name="grids_addresses"),
    path("map/config.json", views.map_config, name="grids_map_config"),
    path("map/at.json", views.at_json, name="grids_at_json"),
    path("tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="grids_tile"),
    path("api/v1/grid-at", api.GridAtView.as_view(), name="grids_api_grid_at"),
]
