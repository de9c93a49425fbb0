"""Incidents on the street: catalogue of categories and what only an incident has."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CategorySystem(models.Model):
    """A code system with its version. Codes of two systems clash, so every category names its system (domain 1.3)."""

    code = models.CharField(max_length=30, unique=True)  # "GB/T 30428.2-2013"
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.code


class Category(models.Model):
    """A minor class of event or part."""

    class Type(models.TextChoices):
        EVENT = "event", _("event")
        PART = "part", _("part")

    system = models.ForeignKey(CategorySystem, on_delete=models.PROTECT, related_name="categories")
    edition = models.ForeignKey("ledger.Edition", on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=5, choices=Type.choices)
    major = models.CharField(max_length=2)
    minor = models.CharField(max_length=2)
    key = models.CharField(max_length=60)  # "event/01/0112": what routing rules prefix-match
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    major_zh = models.CharField(max_length=60)
    major_en = models.CharField(max_length=80)
    words = models.CharField(max_length=200, blank=True)  # what residents call it, for the search
    initials = models.CharField(max_length=200, blank=True)  # pinyin initials of name and words
    public = models.BooleanField(default=True)  # offered to residents
    active = models.BooleanField(default=True)  # offered at all; an inactive one keeps its name for old cases and lists

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="category_key")]

    def __str__(self) -> str:
        return self.key


class FilingCondition(models.Model):
    """When a category is filed (立案条件), its limit, when it may be closed (结案条件): local data, several each."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="conditions")
    number = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=200)
    text_en = models.CharField(max_length=240)
    closing_zh = models.CharField(max_length=200, blank=True)
    closing_en = models.CharField(max_length=240, blank=True)
    unit = models.CharField(max_length=14)  # cases.Clock.Unit
    budget = models.DecimalField(max_digits=7, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "number"], name="filing_condition_number")]

    def __str__(self) -> str:
        return f"{self.category_id}/{self.number}"


class Report(models.Model):
    """What only an incident has; one row per case of kind "event"."""

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="report")
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    condition = models.ForeignKey(FilingCondition, null=True, blank=True, on_delete=models.PROTECT)
    description = models.TextField(blank=True)
    datum = models.CharField(max_length=10, default="wgs84")  # as it came in
    accuracy = models.FloatField(null=True, blank=True)  # metres, as the phone told
    photos_announced = models.PositiveSmallIntegerField(default=0)
    client_time = models.DateTimeField(null=True, blank=True)  # what the phone's clock said; received time decides
    text_released = models.BooleanField(default=False)  # by an officer
    public_text = models.TextField(blank=True)  # what was released
    result_text = models.TextField(blank=True)
    filed_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # whoever files is responsible; null: a rule did, its owner answers

    def __str__(self) -> str:
        return str(self.case_id)


class Rating(models.Model):
    """The reporter's 1–5 for a closed case, once per closing."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="ratings")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=5), name="rating_one_to_five"),
        ]
        indexes = [models.Index(fields=["at"], name="rating_at")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.score}"


class BlindSpot(models.Model):
    """What the report of blind spots found in a village; one row per case of kind "blind_spot". It names no person."""

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="blind_spot")
    kind = models.CharField(max_length=12)  # of grids.queries.blind_spots.KINDS
    scheme = models.CharField(max_length=20)
    village = models.CharField(max_length=12)
    count = models.PositiveIntegerField()  # places, houses, grids, persons or cases
    area = models.FloatField(default=0.0)  # m²
    codes = models.JSONField(default=list)  # some grids, houses or duties
    seen_on = models.DateField()  # day of the last report that found it

    class Meta:
        indexes = [models.Index(fields=["kind", "scheme", "village"], name="blind_spot_what")]

    def __str__(self) -> str:
        return f"{self.kind} {self.scheme} {self.village}"
