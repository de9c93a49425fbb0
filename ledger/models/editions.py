"""Versions of rule sets and catalogues, and drafts of them tried on history. Written by ledger.actions only."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Edition(models.Model):
    """A version of a rule set or catalogue: draft → approved by another person → effective from → superseded.

    People stand here as "member:12"; `ledger.actions.editions` is the only writer.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("superseded")
        DISCARDED = "discarded", _("discarded")

    kind = models.CharField(max_length=40)  # "routing", "categories", …
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=200, blank=True)
    drafted_by = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()
    approved_by = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # what was in force when it was drafted, or whose changes were taken over since
    version = models.PositiveIntegerField(default=0)  # counts changes of the content: what was read is what is approved
    editors = ArrayField(
        models.CharField(max_length=64), default=list, blank=True
    )  # whoever wrote in it; none approves
    published_by = models.CharField(max_length=64, blank=True)
    returned_by = models.CharField(max_length=64, blank=True)  # not empty: waits for the drafter again
    returned_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # of the last return or withdrawal

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="edition_number"),
            models.CheckConstraint(
                condition=models.Q(approved_by="") | ~models.Q(approved_by=models.F("drafted_by")),
                name="edition_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class SimulationRun(models.Model):
    """A draft tried on history: what would have been otherwise. Progress and sums are in the job's checkpoint."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="simulations")
    against = models.ForeignKey(Edition, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()  # of the draft when it was begun
    scope = models.CharField(max_length=8)  # last | months
    size = models.PositiveIntegerField()  # how many of the newest, or months
    job = models.OneToOneField("ledger.Job", on_delete=models.PROTECT, related_name="simulation")
    started_by = models.CharField(max_length=64)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.edition_id} {self.scope} {self.size}"


class SimulationRow(models.Model):
    """One thing that would have been otherwise. Ids and codes only; told to people by the kind."""

    run = models.ForeignKey(SimulationRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    key = models.CharField(max_length=80)  # once per run, so that a repeated step writes nothing twice
    verdict = models.CharField(max_length=12)
    before = models.CharField(max_length=60, blank=True)  # group under the edition in force
    after = models.CharField(max_length=60, blank=True)  # group under the draft
    case_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="simulation_row_once")]
        indexes = [models.Index(fields=["run", "verdict", "id"], name="simulation_row_verdict")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.key}"
