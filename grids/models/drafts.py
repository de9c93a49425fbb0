"""Changes of boundaries on their way: drafts with their steps, several of them as one change, reasons, proposals."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class ChangeSet(models.Model):
    """A change over several villages: a draft in each, handed in, published and withdrawn together or not at all."""

    scheme = models.ForeignKey("grids.Scheme", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    begun_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class BoundaryDraft(models.Model):
    """A change of boundaries: of the grids of one scheme in a village, or of the villages of a township (no scheme).

    Drawn, checked, published and withdrawn as a whole, because a single changed outline always leaves a gap or an
    overlap with its neighbour.
    """

    class Stage(models.TextChoices):
        DRAWING = "drawing", _("being drawn")
        SUBMITTED = "submitted", _("waiting for publication")
        PUBLISHED = "published", _("published, not yet in force")
        IN_FORCE = "in_force", _("in force")
        WITHDRAWN = "withdrawn", _("withdrawn")
        DISCARDED = "discarded", _("discarded")

    division = models.ForeignKey("grids.Division", on_delete=models.PROTECT, related_name="boundary_drafts")
    scheme = models.ForeignKey("grids.Scheme", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # the change of divisions that these grids follow; published and withdrawn with it
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers")
    change_set = models.ForeignKey(ChangeSet, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts")
    title = models.CharField(max_length=120)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DRAWING)
    version = models.PositiveIntegerField(default=0)  # compared by every edit
    position = models.PositiveIntegerField(default=0)  # the step that is shown; later ones can be done again
    reason = models.TextField(blank=True)  # why it was sent back or withdrawn
    drafted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)  # grids, households and open cases follow from here

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_by=None)
                | (~models.Q(published_by=models.F("drafted_by")) & ~models.Q(published_by=models.F("submitted_by"))),
                name="boundary_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["stage", "effective_from"], name="boundary_draft_due")]

    def __str__(self) -> str:
        return f"{self.division_id} {self.pk}"


class DraftStep(models.Model):
    """One edit of a draft; its parts are all parts after it, so that undoing is choosing an earlier one."""

    draft = models.ForeignKey(BoundaryDraft, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()  # 0 is what was in force
    operation = models.CharField(max_length=12)
    facts = models.JSONField(default=dict)  # codes and places
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="draft_step_number")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.number} {self.operation}"


class DraftPart(models.Model):
    """A grid or a village as a step leaves it.

    `grid` is empty for one that is new, `version` names the boundary it began with; `period` that of a village.
    """

    step = models.ForeignKey(DraftStep, on_delete=models.CASCADE, related_name="parts")
    grid = models.ForeignKey("grids.Grid", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("grids.GridVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey("grids.Division", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    type = models.CharField(max_length=10)  # of the grid; "village" of a village
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    boundary = models.PolygonField(srid=4326)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="draft_part_once")]

    def __str__(self) -> str:
        return self.code


class WarningReason(models.Model):
    """Why a warning of the check is accepted: who said it, when, and of which figure. Never changed."""

    draft = models.ForeignKey(BoundaryDraft, on_delete=models.PROTECT, related_name="reasons")
    kind = models.CharField(max_length=12)  # of grids.queries.findings.WARNINGS
    code = models.CharField(max_length=20)  # of the grid
    figure = models.IntegerField(default=0)  # households or metres it was said of
    text = models.TextField()
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.draft_id} {self.kind} {self.code}"


class Proposal(models.Model):
    """A division of a draft's village as the grid compiler proposes it, in several alternatives; nothing in force."""

    draft = models.ForeignKey(BoundaryDraft, on_delete=models.CASCADE, related_name="proposals")
    settings = models.JSONField()  # target, tolerance, weights, keep, seed
    job_id = models.UUIDField(null=True)
    answer = models.JSONField(null=True)  # see grids/compiler; null while it is computed
    fault = models.CharField(max_length=40, blank=True)  # code of why there is no answer
    begun_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.draft_id} {self.pk}"
