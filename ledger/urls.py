"""Routes of the operations screens."""

from django.urls import path

from ledger import views

urlpatterns = [
    path("desk/operations/", views.operations, name="operations"),
    path("desk/operations/incidents/<int:incident_id>/retry/", views.incident_retry, name="operations_incident_retry"),
    path(
        "desk/operations/incidents/<int:incident_id>/settle/", views.incident_settle, name="operations_incident_settle"
    ),
    path("desk/operations/jobs/<uuid:job_id>/", views.job, name="operations_job"),
    path("desk/operations/jobs/<uuid:job_id>/cancel/", views.job_cancel, name="operations_job_cancel"),
    path("desk/operations/jobs/<uuid:job_id>/resume/", views.job_resume, name="operations_job_resume"),
]
