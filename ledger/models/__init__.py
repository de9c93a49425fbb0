"""What must not be lost. Written by ledger.actions (and the promise machinery) only."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.editions import Edition as Edition
from ledger.models.editions import SimulationRow as SimulationRow
from ledger.models.editions import SimulationRun as SimulationRun


class Promise(models.Model):
    """Work promised in the same transaction as the fact it follows from (outbox row).

    The broker carries only ids of these rows; payload holds ids, never personal data.
    """

    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    payload_version = models.PositiveSmallIntegerField(default=1)
    dedupe_key = models.CharField(max_length=200, unique=True)
    queue = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    nudged_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lost_leases = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    failing_since = models.DateTimeField(
        null=True, blank=True
    )  # first failure in a row: 72 h of outage end in an incident
    done_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["kind", "not_before", "id"],
                condition=models.Q(done_at__isnull=True, dead_at__isnull=True),
                name="promise_open",
            ),
            models.Index(fields=["kind", "-done_at"], name="promise_kind_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Incident(models.Model):
    """Failed work that waits for a person: retried or settled on a screen, never silently dropped."""

    promise = models.ForeignKey(Promise, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=120, blank=True)
    detail = models.TextField()
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settlement = models.CharField(max_length=20, blank=True)  # retried | settled
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["promise"], condition=models.Q(settled_at__isnull=True), name="incident_one_open_per_promise"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PeriodRun(models.Model):
    """A periodic job ran for this period: the row is the claim, so two beats still run it once."""

    name = models.CharField(max_length=60)
    period_start = models.DateTimeField()
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "period_start"], name="period_run_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.period_start:%Y-%m-%dT%H:%M:%S}"


class Job(models.Model):
    """Long work in steps: progress, cancel flag, checkpoint; carried on by chained promises of at most 60 s."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, editable=False)  # UUIDv7 made by the application
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    step = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    checkpoint = models.JSONField(default=dict)
    cancel_requested = models.BooleanField(default=False)
    message = models.TextField(blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_department = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class StoredFile(models.Model):
    """A re-encoded file under its own hash. The original bytes are never kept and never served."""

    id = models.UUIDField(primary_key=True, editable=False)  # UUIDv7 made by the application
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()  # bytes
    media_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField(null=True, blank=True)  # pixels
    height = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)  # EXIF of staff photos: evidence
    taken_lon = models.FloatField(null=True, blank=True)  # degrees WGS-84, staff photos only
    taken_lat = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by_kind = models.CharField(max_length=16)
    created_by_id = models.CharField(max_length=64, blank=True)
    # an upload that no case has taken over yet may be fetched only with this key
    upload_key = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.sha256[:12]


class AuditEntry(models.Model):
    """What happened to the system (sign-in, roles, export, unmasking). Append-only by trigger, hash-chained."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_department = models.BigIntegerField(null=True, blank=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class AccessEntry(models.Model):
    """Somebody saw personal data in clear: who, whose, what, why. The person sees it. Append-only by trigger."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_department = models.BigIntegerField(null=True, blank=True)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=64)
    fields = ArrayField(models.CharField(max_length=40))
    purpose = models.CharField(max_length=40)
    case_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "-at"], name="access_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} {self.purpose}"


class LegalHold(models.Model):
    """A case or person of which nothing leaves while an authority needs it (PIPL 47, last sentence)."""

    subject_kind = models.CharField(max_length=20)  # case | person
    subject_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)  # authority and letter, no personal data
    placed_by = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    released_by = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=models.Q(released_at__isnull=True),
                name="legal_hold_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class CalendarDay(models.Model):
    """A day that differs from the week: a statutory holiday, or a make-up working day (调休工作日)."""

    day = models.DateField(unique=True)
    working = models.BooleanField()
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.day} {'working' if self.working else 'holiday'}"


class CalendarYear(models.Model):
    """A year whose holiday notice has been entered; hours as minutes since midnight, [[480, 720], [840, 1080]]."""

    year = models.PositiveSmallIntegerField(unique=True)
    hours = models.JSONField()
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return str(self.year)


class NumberSeries(models.Model):
    """The last number given in a series and year. Numbers have no gaps: the row stays locked until the commit."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}"


class Document(models.Model):
    """A PDF that was asked for. Its number counts from the request on; the file comes with the promise `render`.

    A newer one supersedes it and a revoked one stays readable: what was issued is never deleted.
    """

    class State(models.TextChoices):
        PROMISED = "promised", _("being made")
        RENDERED = "rendered", _("ready")

    id = models.UUIDField(primary_key=True, editable=False)  # UUIDv7 made by the application
    kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    case_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    series = models.CharField(max_length=20)
    number = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROMISED)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes
    pages = models.PositiveSmallIntegerField(default=0)
    requested_by_kind = models.CharField(max_length=16)
    requested_by_id = models.CharField(max_length=64, blank=True)
    requested_department = models.BigIntegerField(null=True, blank=True)
    requested_at = models.DateTimeField()
    rendered_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="older")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="document_number_once"),
            models.UniqueConstraint(
                fields=["kind", "object_id", "language"],
                condition=models.Q(superseded_by__isnull=True, revoked_at__isnull=True),
                name="document_one_current",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ImportRun(models.Model):
    """A sheet on its way in. The file lies sealed beside the photos and is erased after the commit or 30 days."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("being read")
        PARSED = "parsed", _("columns to be chosen")
        CHECKED = "checked", _("checked")
        COMMITTING = "committing", _("being taken over")
        COMMITTED = "committed", _("taken over")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("not readable")

    id = models.UUIDField(primary_key=True, editable=False)  # UUIDv7 made by the application
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)  # of the file as uploaded
    size = models.PositiveIntegerField()  # bytes
    language = models.CharField(max_length=10)  # of the faults
    header = models.JSONField(default=list)  # texts of the header row
    header_row = models.PositiveIntegerField(default=0)
    mapping = models.JSONField(default=dict)  # column key → place in the header, from 0
    choices = models.JSONField(default=dict)  # what was chosen for the whole file, of kinds with a reader of their own
    facts = models.JSONField(default=dict)  # what that reader found
    rows = models.PositiveIntegerField(default=0)
    faults_found = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=dict)  # what the commit would do: counts and lines
    result = models.JSONField(default=dict)  # counts of the commit
    isolation = models.CharField(max_length=40, blank=True)  # what shut the reading process in
    message = models.TextField(blank=True)
    job_id = models.UUIDField(null=True, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_department = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)
    committed_by = models.CharField(max_length=64, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "sha256"], condition=models.Q(state="committed"), name="import_file_committed_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "-created_at"], name="import_run_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportFault(models.Model):
    """What is wrong with a cell of a sheet, in the language of who uploaded it. Never quotes the cell."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="faults", db_index=False)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=500)
    lon = models.FloatField(null=True, blank=True)  # degrees WGS-84
    lat = models.FloatField(null=True, blank=True)
    warning = models.BooleanField(default=False)  # told, but not in the way of the commit

    class Meta:
        indexes = [models.Index(fields=["run", "row", "id"], name="import_fault_row")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.row} {self.column}"
