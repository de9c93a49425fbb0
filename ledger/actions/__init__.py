"""The only writer of the ledger. Promise machinery: redeem, periodic, relay, incidents, jobs; records: audit, reveal,
editions, photos, key rotation."""

from ledger.actions.calendar import load_calendar
from ledger.actions.clock import install_test_clock, set_database_offset
from ledger.actions.documents import prepare_render, request_document, revoke_document, send_render, settle_render
from ledger.actions.editions import approve_edition, change_edition, draft_edition, move_edition, publish_edition
from ledger.actions.exports import erase_exports, export_step, fetch_export, start_export
from ledger.actions.holidays import commit_holidays
from ledger.actions.incidents import open_incident, retry_incident, settle_incident
from ledger.actions.jobs import (
    JobView,
    StepResult,
    cancel_job,
    prepare_job,
    report_progress,
    resume_job,
    run_job_step,
    settle_job_step,
    start_job,
)
from ledger.actions.keys import rotate_column, sealed_columns
from ledger.actions.periodic import reconcile, redeem_periodic, run_periodic, sing, tick, tidy
from ledger.actions.photos import StoredPhoto, store_photo
from ledger.actions.records import audit, reveal
from ledger.actions.relay import redeem_due, relay_round
from ledger.actions.retention import due_retentions, place_hold, release_hold, run_retention
from ledger.actions.sheet_reading import PreviewRow, fault_sheet, first_rows, preview_sheet, sheet_template
from ledger.actions.sheet_steps import import_step
from ledger.actions.sheets import (
    cancel_sheet,
    choose_columns,
    commit_sheet,
    erase_old_sheets,
    erase_sheets,
    prepare_commit,
    read_for_commit,
    settle_commit,
    upload_sheet,
)
from ledger.actions.simulations import simulation_step, start_simulation
from ledger.promises.redeem import hand_over, redeem, redeem_held
from ledger.retries import retrying

__all__ = [
    "JobView",
    "PreviewRow",
    "StepResult",
    "StoredPhoto",
    "approve_edition",
    "audit",
    "cancel_job",
    "cancel_sheet",
    "change_edition",
    "choose_columns",
    "commit_holidays",
    "commit_sheet",
    "draft_edition",
    "due_retentions",
    "erase_exports",
    "erase_old_sheets",
    "erase_sheets",
    "export_step",
    "fault_sheet",
    "fetch_export",
    "first_rows",
    "hand_over",
    "import_step",
    "install_test_clock",
    "load_calendar",
    "move_edition",
    "open_incident",
    "place_hold",
    "prepare_commit",
    "prepare_job",
    "prepare_render",
    "preview_sheet",
    "publish_edition",
    "read_for_commit",
    "reconcile",
    "redeem",
    "redeem_due",
    "redeem_held",
    "redeem_periodic",
    "relay_round",
    "release_hold",
    "report_progress",
    "request_document",
    "resume_job",
    "retry_incident",
    "retrying",
    "reveal",
    "revoke_document",
    "rotate_column",
    "run_job_step",
    "run_periodic",
    "run_retention",
    "sealed_columns",
    "send_render",
    "set_database_offset",
    "settle_commit",
    "settle_incident",
    "settle_job_step",
    "settle_render",
    "sheet_template",
    "simulation_step",
    "sing",
    "start_export",
    "start_job",
    "start_simulation",
    "store_photo",
    "tick",
    "tidy",
    "upload_sheet",
]
