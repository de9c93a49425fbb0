"""Routes of the operations screens and of imports."""

from django.urls import path

from ledger.views import exports, imports, operations

urlpatterns = [
    path("desk/operations/", operations.operations, name="operations"),
    path(
        "desk/operations/incidents/<int:incident_id>/retry/",
        operations.incident_retry,
        name="operations_incident_retry",
    ),
    path(
        "desk/operations/incidents/<int:incident_id>/settle/",
        operations.incident_settle,
        name="operations_incident_settle",
    ),
    path("desk/operations/jobs/<uuid:job_id>/", operations.job, name="operations_job"),
    path("desk/operations/jobs/<uuid:job_id>/cancel/", operations.job_cancel, name="operations_job_cancel"),
    path("desk/operations/jobs/<uuid:job_id>/resume/", operations.job_resume, name="operations_job_resume"),
    path("desk/exports/<uuid:job_id>/", exports.export, name="exports_run"),
    path("desk/exports/<uuid:job_id>/file/", exports.export_file, name="exports_file"),
    path("desk/exports/<uuid:job_id>/cancel/", exports.export_cancel, name="exports_cancel"),
    path("desk/imports/", imports.runs, name="imports"),
    path("desk/imports/new/<str:kind>/", imports.new, name="imports_new"),
    path("desk/imports/new/<str:kind>/template/", imports.template, name="imports_template"),
    path("desk/imports/<uuid:run_id>/", imports.run, name="imports_run"),
    path("desk/imports/<uuid:run_id>/columns/", imports.columns, name="imports_columns"),
    path("desk/imports/<uuid:run_id>/faults/", imports.faults, name="imports_faults"),
    path("desk/imports/<uuid:run_id>/commit/", imports.commit, name="imports_commit"),
    path("desk/imports/<uuid:run_id>/cancel/", imports.cancel, name="imports_cancel"),
]
