from django.urls import path

from cases import api, views
from cases.views import editions, papers, person, rules, simulations, tracking

app_name = "cases"
urlpatterns = [
    path("desk/", views.inbox, name="inbox"),
    path("desk/inbox/<slug:view>/", views.inbox, name="inbox_view"),
    path("desk/cases/", views.queue, name="queue"),
    path("desk/cases/<slug:number>/", views.case_file, name="case_file"),
    path("desk/cases/<slug:number>/preview/", views.preview, name="preview"),
    path("desk/cases/<slug:number>/move/<slug:transition>/", views.move, name="move"),
    path("desk/cases/<slug:number>/<int:assignment>/claim/", views.claim, name="claim"),
    path("desk/cases/<slug:number>/<int:assignment>/hand-over/", views.hand_over, name="hand_over"),
    path("desk/cases/<slug:number>/urge/", views.urge, name="urge"),
    path("desk/cases/<slug:number>/comment/", views.comment, name="comment"),
    path("desk/cases/<slug:number>/watch/", views.watch, name="watch"),
    path("desk/cases/<slug:number>/contact/", views.contact, name="contact"),
    path("desk/cases/<slug:number>/person/", person.person, name="person"),
    path("desk/cases/<slug:number>/person/<slug:act>/", person.act, name="person_act"),
    path("desk/cases/<slug:number>/documents/", papers.request_report, name="request_report"),
    path("desk/cases/<slug:number>/documents/<uuid:document_id>/", papers.document, name="document"),
    path("desk/editions/", editions.kinds, name="editions"),
    path("desk/editions/<slug:kind>/", editions.history, name="edition_kind"),
    path("desk/editions/<slug:kind>/draft/", editions.draft, name="edition_draft"),
    path("desk/editions/<slug:kind>/<int:number>/", editions.edition, name="edition"),
    path("desk/editions/<slug:kind>/<int:number>/simulations/", simulations.simulations, name="simulations"),
    path("desk/editions/<slug:kind>/<int:number>/simulations/start/", simulations.start, name="simulation_start"),
    path("desk/editions/<slug:kind>/<int:number>/simulations/<int:run>/", simulations.simulation, name="simulation"),
    path(
        "desk/editions/<slug:kind>/<int:number>/simulations/<int:run>/<slug:act>/",
        simulations.act,
        name="simulation_act",
    ),
    path("desk/editions/<slug:kind>/<int:number>/<slug:move>/", editions.move, name="edition_move"),
    path("desk/rules/<int:edition>/new/", rules.edit_rule, name="rule_new"),
    path("desk/rules/<int:edition>/rule/<path:code>/", rules.edit_rule, name="rule_edit"),
    # without a word of the desk in front: the reporter reads and copies these
    path("track/", tracking.find, name="track"),
    path("track/<slug:token>/", tracking.track, name="tracking"),
    path("track/<slug:token>/reply/", tracking.reply, name="reply"),
    path("track/<slug:token>/withdraw/", tracking.withdraw, name="withdraw"),
    path("track/<slug:token>/photos/<uuid:file>/<slug:variant>/", tracking.track_photo, name="track_photo"),
    path("track/<slug:token>/notice/", papers.request_notice, name="request_notice"),
    path("track/<slug:token>/notice/<uuid:document_id>/", papers.notice, name="notice"),
    path("files/<uuid:file>/<slug:variant>/", views.photo, name="photo"),
    path("api/v1/cases", api.CasesView.as_view(), name="api_cases"),
    path("api/v1/cases/<slug:number>", api.CaseView.as_view(), name="api_case"),
    path("tiles/cases/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="case_tile"),
]
