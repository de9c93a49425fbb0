from django.urls import path

from wages import api
from wages.views import desk, public

urlpatterns = [
    path("api/v1/projects", api.ProjectsView.as_view(), name="api_projects"),
    path("api/v1/projects/<slug:code>", api.ProjectView.as_view(), name="api_project"),
    path("wages/", public.search, name="wages_search"),
    path("wages/projects/<slug:code>/", public.project, name="wages_project"),
    path("wages/claim/", public.claim, name="wages_claim"),
    path("wages/mine/", public.mine, name="wages_mine"),
    path("wages/mine/<int:line>/<slug:month>/confirm/", public.confirm, name="wages_confirm"),
    path("wages/mine/<int:line>/<slug:month>/dispute/", public.dispute, name="wages_dispute"),
    path("desk/wages/", desk.board, name="wage_board"),
    path("desk/wages/projects/<slug:code>/", desk.project, name="wage_project"),
    path("desk/cases/<slug:number>/order/", desk.order, name="wage_order"),
    path("desk/cases/<slug:number>/payment/", desk.payment, name="wage_payment"),
    path("desk/wages/rules/<int:edition>/<slug:code>/", desk.edit_rule, name="wage_rule_edit"),
]
