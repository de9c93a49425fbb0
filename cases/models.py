"""The kernel: case, assignment (= step), history, clocks, routing. Written by cases.engine and the actions above it.

A foreign key has no index of its own (`db_index=False`) where another index begins with it, or where nobody asks for
it: every index is paid for by every report.
"""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Case(models.Model):
    """What all kinds share. `state` is assigned in one place: cases.engine."""

    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=30)
    kind_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=40)
    closed = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    category = models.CharField(max_length=60)  # path, prefix-matched by rules: "event/01/0112"
    source = models.CharField(max_length=20)  # gridworker | public | hotline | api | …
    answers = models.JSONField(default=dict)  # coded answers rules may look at
    path = models.CharField(max_length=120)  # territory of the place
    point = models.PointField(srid=4326, null=True, blank=True)
    address = models.CharField(max_length=200, blank=True)
    reported_version = models.ForeignKey(
        "grids.GridVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the boundary it was reported under, kept for ever
    grid = models.ForeignKey(
        "grids.Grid", null=True, blank=True, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    management_grid = models.ForeignKey(
        "grids.Grid", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="cases", db_index=False
    )  # who has the lead now; kept by the engine from the open lead assignment
    reporter_kind = models.CharField(max_length=16)
    reporter_id = models.CharField(max_length=64, blank=True)
    reporter_department = models.BigIntegerField(null=True, blank=True)
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    urgent = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False)
    reworks = models.PositiveSmallIntegerField(default=0)
    returns = models.PositiveSmallIntegerField(default=0)
    urges = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    soon_at = models.DateTimeField(null=True, blank=True)  # amber from here
    paused = models.BooleanField(default=False)
    overdue_at = models.DateTimeField(null=True, blank=True)  # a fact, never erased
    exempt = models.BooleanField(default=False)  # left out of a statistic, the fact stays
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=0)  # compared by moves that change the state
    history_count = models.PositiveIntegerField(default=0)  # next sequence - 1
    submission_key = models.CharField(max_length=64, unique=True)
    submission_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(closed=False), name="case_due_open"),
            models.Index(fields=["-opened_at", "-id"], name="case_opened"),
            models.Index(fields=["-closed_at"], condition=models.Q(closed=True), name="case_closed_at"),
            models.Index(
                fields=["path", "-opened_at"], name="case_path", opclasses=["varchar_pattern_ops", "timestamptz_ops"]
            ),
            models.Index(fields=["kind", "state", "-id"], name="case_kind_state"),
            models.Index(fields=["grid", "-opened_at"], name="case_grid_opened"),
            # a change of boundaries moves the open cases of some grids, by id
            models.Index(fields=["grid", "id"], condition=models.Q(closed=False), name="case_grid_open"),
            models.Index(
                fields=["management_grid", "id"], condition=models.Q(closed=False), name="case_management_grid_open"
            ),
            models.Index(fields=["reporter_kind", "reporter_id", "-id"], name="case_reporter"),
            models.Index(fields=["department", "-opened_at"], name="case_department_opened"),
            # upper(): what Django's icontains asks for
            GinIndex(
                OpClass(Upper("title"), "gin_trgm_ops"), OpClass(Upper("address"), "gin_trgm_ops"), name="case_text"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Assignment(models.Model):
    """A step of a case that a department (and perhaps a person) has to do. Inboxes read these rows."""

    class Role(models.TextChoices):
        INTAKE = "intake", _("intake")
        LEAD = "lead", _("lead")
        ASSIST = "assist", _("assist")
        STEP = "step", _("step")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    step_key = models.CharField(max_length=40)
    role = models.CharField(max_length=8, choices=Role.choices)
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    needs_role = models.CharField(max_length=40, blank=True)  # role code that may take it
    holder = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    open = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=40, blank=True)
    result = models.JSONField(default=dict)  # typed by the step of the workflow
    returned = models.BooleanField(default=False)  # came back to this department
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    soon_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.PositiveIntegerField()  # history sequence
    rule = models.ForeignKey(
        "RoutingRule", null=True, blank=True, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step_key"],
                condition=models.Q(open=True, role="lead"),
                name="assignment_one_open_lead_per_step",
            )
        ]
        indexes = [
            models.Index(fields=["department", "due_at", "id"], condition=models.Q(open=True), name="assignment_inbox"),
            models.Index(fields=["holder", "due_at", "id"], condition=models.Q(open=True), name="assignment_holder"),
            models.Index(fields=["case", "id"], name="assignment_case"),
            models.Index(fields=["department", "case"], name="assignment_department"),
            models.Index(fields=["holder", "case"], name="assignment_by_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.step_key}"


class HistoryEntry(models.Model):
    """What happened to a case, gapless per case, append-only by trigger."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="history", db_index=False)
    sequence = models.PositiveIntegerField()
    transition = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    assignment = models.ForeignKey(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_department = models.BigIntegerField(null=True, blank=True)
    actor_role = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)  # ids and codes
    public = models.BooleanField(default=False)  # shown to the reporter
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="history_sequence")]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.sequence} {self.transition}"


class Clock(models.Model):
    """A limit running on a case or one of its steps, in one of the five units (domain 1.8)."""

    class Kind(models.TextChoices):
        TOTAL = "total", _("total")
        STAGE = "stage", _("stage")
        STATUTORY = "statutory", _("statutory")
        PROMISED = "promised", _("promised")

    class Unit(models.TextChoices):
        URGENT_HOUR = "urgent_hour", _("urgent hours")  # 紧急工作时, day and night
        URGENT_DAY = "urgent_day", _("urgent days")
        WORKING_HOUR = "working_hour", _("working hours")
        WORKING_DAY = "working_day", _("working days")
        CALENDAR_DAY = "calendar_day", _("calendar days")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    assignment = models.ForeignKey(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="clocks", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    stage = models.CharField(max_length=20, blank=True)  # file | dispatch | handle | check
    unit = models.CharField(max_length=14, choices=Unit.choices)
    budget = models.DecimalField(max_digits=7, decimal_places=2)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # null while paused
    soon_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    pauses = models.JSONField(default=list)  # [{"from": iso, "to": iso|null, "reason": code}]
    warned_level = models.PositiveSmallIntegerField(default=0)  # 0 none, 1 soon, 2 overdue: each fired once

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(stopped_at__isnull=True, warned_level__lt=2), name="clock_due"
            ),
            models.Index(
                fields=["soon_at"], condition=models.Q(stopped_at__isnull=True, warned_level=0), name="clock_soon"
            ),
            models.Index(fields=["case"], name="clock_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.stage}"


class RoutingRule(models.Model):
    """category prefix × territory path × source × answers → department and role. Belongs to a published edition."""

    edition = models.ForeignKey(
        "ledger.Edition", on_delete=models.PROTECT, related_name="routing_rules", db_index=False
    )
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=30)
    step_key = models.CharField(max_length=40)
    category = models.CharField(max_length=60, blank=True)  # prefix
    path = models.CharField(max_length=120, blank=True)  # prefix
    source = models.CharField(max_length=20, blank=True)
    answers = models.JSONField(default=dict, blank=True)  # contained in the case's answers
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    needs_role = models.CharField(max_length=40, blank=True)
    automatic = models.BooleanField(default=False)
    priority = models.PositiveIntegerField()  # higher wins
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason_zh = models.CharField(max_length=200)
    reason_en = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="routing_rule_code"),
            # a tie is refused on saving, not met by surprise at run time
            models.UniqueConstraint(fields=["edition", "kind", "step_key", "priority"], name="routing_rule_no_tie"),
        ]

    def __str__(self) -> str:
        return self.code


class RouteFinding(models.Model):
    """What the promise `route` found: the rule that matched, those that did not and why. Shown on the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="route_findings")
    step_key = models.CharField(max_length=40)
    rule = models.ForeignKey(
        RoutingRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    edition = models.ForeignKey(
        "ledger.Edition", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rejected = models.JSONField(default=list)  # [{"rule": id, "code": "P-0102-3", "why": "territory"}]
    outcome = models.CharField(max_length=20)  # dispatched | proposed | overtaken | nothing
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"


class CaseLink(models.Model):
    """A case to another: child (with the closing rule), continued elsewhere, duplicate."""

    parent = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="children_links", db_index=False)
    child = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parent_links")
    kind = models.CharField(max_length=12)  # child | continued | duplicate
    closing_rule = models.CharField(max_length=20, blank=True)  # all_closed | none

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "child", "kind"], name="case_link_once")]

    def __str__(self) -> str:
        return f"{self.parent_id}→{self.child_id}"


class Attachment(models.Model):
    """A stored file on a case, at a stage. Public only after an officer released it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments", db_index=False)
    file = models.ForeignKey("ledger.StoredFile", on_delete=models.PROTECT, related_name="attachments")
    stage = models.CharField(max_length=12)  # report | before | after | check | reply
    caption = models.CharField(max_length=100, blank=True)
    history = models.PositiveIntegerField()  # sequence it came with
    released = models.BooleanField(default=False)
    distance = models.FloatField(null=True, blank=True)  # metres between the photo's position and the case's point
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "file"], name="attachment_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage}"


class Watch(models.Model):
    """A member follows a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watches", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="watches")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id}"


class Intake(models.Model):
    """How many matters the public filed in an hour from one network or phone; hashed, gone after a day."""

    key = models.BinaryField(max_length=32)  # keyed hash of what was filed and the network or the phone
    hour = models.DateTimeField()  # start of the hour
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="case_intake_key_hour")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%dT%H} {self.count}"
