from django.urls import path

from wages import api

urlpatterns = [
    path("api/v1/projects", api.ProjectsView.as_view(), name="api_projects"),
    path("api/v1/projects/<slug:code>", api.ProjectView.as_view(), name="api_project"),
]
