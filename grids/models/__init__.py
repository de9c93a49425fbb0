"""Territory: divisions, schemes, grids, boundary versions, who is on duty, and what stands in a grid.

Storage SRID 4326 on a 1e-8° lattice; CGCS2000 differs by less than a metre (design: Space).
"""

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.utils.translation import gettext_lazy as _

from grids.models.drafts import BoundaryDraft, ChangeSet, DraftPart, DraftStep, Proposal, WarningReason
from grids.models.registry import PersonFact
from grids.models.things import Barrier, Building, CityPart, Equipment, Premises, ThingChange

__all__ = [
    "Absence",
    "Address",
    "Barrier",
    "BoundaryDraft",
    "Building",
    "ChangeSet",
    "CityPart",
    "Division",
    "DraftPart",
    "DraftStep",
    "Duty",
    "DutyFeed",
    "DutyKind",
    "Equipment",
    "Grid",
    "GridVersion",
    "KindDuty",
    "PersonFact",
    "Premises",
    "Proposal",
    "Scheme",
    "ThingChange",
    "WarningReason",
]


class Division(models.Model):
    """An administrative division by its official code (GB/T 2260 and the 12-digit statistical code), with validity."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county")
        TOWNSHIP = "township", _("township")
        VILLAGE = "village", _("village or community")

    code = models.CharField(max_length=12)
    code_system = models.CharField(max_length=20, default="NBS-2023")
    level = models.CharField(max_length=10, choices=Level.choices)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)  # pinyin
    # "/3709/370902/370902001/370902001001/"; prefix-matched by memberships, rules and cases
    path = models.CharField(max_length=120, db_index=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid = DateRangeField()
    illustrative = models.BooleanField(default=False)  # 示意: demo data, reserved code range
    outline = models.MultiPolygonField(srid=4326, null=True, blank=True)
    outline_source = models.CharField(max_length=200, blank=True)
    # the change it was published with; empty for what the city folder or a sheet brought
    draft = models.ForeignKey(
        "grids.BoundaryDraft", null=True, blank=True, on_delete=models.PROTECT, related_name="periods"
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="division_code_once_at_a_time",
                expressions=[
                    ("code_system", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes = [models.Index(fields=["path"], name="division_path_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.code


class Scheme(models.Model):
    """A way of dividing: "management" (GB/T 30428.1, about 1 ha) or "service" (300–500 households). Never mixed."""

    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.code


class Grid(models.Model):
    """A grid by its code; what it covers is told by its boundary versions."""

    class Type(models.TextChoices):
        UNIT = "unit", _("unit grid")
        BASE = "base", _("base grid")
        SPECIAL = "special", _("special grid")
        MICRO = "micro", _("micro grid")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="grids")
    code = models.CharField(max_length=20)
    type = models.CharField(max_length=10, choices=Type.choices)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="grids")
    path = models.CharField(max_length=120)  # division path + grid code + "/"
    households = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # retired codes are never reused, and a code says its scheme, so that /grids/<code>/ is unambiguous
        constraints = [models.UniqueConstraint(fields=["code"], name="grid_code_once")]
        indexes = [models.Index(fields=["path"], name="grid_path_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.code


class GridVersion(models.Model):
    """A boundary of a grid with its effective dates; never deleted."""

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="versions")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT)  # copied: the point query filters on it
    number = models.PositiveIntegerField()
    boundary = models.PolygonField(srid=4326)
    area = models.FloatField()  # m², on the ellipsoid
    valid = DateRangeField()
    # the change it was published with; empty for what the city folder brought
    draft = models.ForeignKey(
        "grids.BoundaryDraft", null=True, blank=True, on_delete=models.PROTECT, related_name="versions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grid", "number"], name="grid_version_number"),
            ExclusionConstraint(
                name="grid_one_version_at_a_time",
                expressions=[("grid", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} v{self.number}"


class Duty(models.Model):
    """Who answers for a grid: one named worker and one deputy at a time (user ids are of accounts)."""

    class Post(models.TextChoices):
        WORKER = "worker", _("grid worker")
        DEPUTY = "deputy", _("deputy")

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="duties")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="duties")
    post = models.CharField(max_length=10, choices=Post.choices)
    valid = DateRangeField()
    # who gave the post in the roster; empty for what the city folder or a change of boundaries brought
    given_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="duty_one_person_at_a_time",
                expressions=[
                    ("grid", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} {self.post}"


class DutyKind(models.Model):
    """A duty somebody answers for in service grids: safety, sanitation, disputes, … (the city's own catalogue)."""

    code = models.SlugField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    # of the service grids it is asked for in; empty: in every one
    grid_types = ArrayField(models.CharField(max_length=10, choices=Grid.Type.choices), default=list, blank=True)
    valid = DateRangeField()
    # who changed it at the desk last; what the city folder says of it counts no longer
    edited_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.code


class KindDuty(models.Model):
    """Somebody else than worker or deputy of the grid for one duty; without a row the two answer for every duty."""

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="kind_duties")
    kind = models.ForeignKey(DutyKind, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=10, choices=Duty.Post.choices)
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="kind_duty_one_person_at_a_time",
                expressions=[
                    ("grid", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} {self.kind_id} {self.post}"


class Absence(models.Model):
    """Days on which somebody is away and who stands in. Why is nobody's business and is stored nowhere."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField()  # empty: taken back before it began
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="absence_once_at_a_time",
                expressions=[("user", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~models.Q(user=models.F("substitute")), name="absence_not_for_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.valid}"


class DutyFeed(models.Model):
    """The private calendar address of somebody's duties; a new number makes the old address useless."""

    user = models.OneToOneField("accounts.User", primary_key=True, on_delete=models.PROTECT, related_name="duty_feed")
    number = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.user_id} {self.number}"


class Address(models.Model):
    """A place that can be searched: a house number, a street, a landmark."""

    code = models.CharField(max_length=40, unique=True)
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=160)
    kind = models.CharField(max_length=20)  # house | street | landmark
    point = models.PointField(srid=4326)
    division = models.ForeignKey(Division, on_delete=models.PROTECT)
    households = models.PositiveIntegerField(default=0)
    illustrative = models.BooleanField(default=False)

    class Meta:
        indexes = [
            GinIndex(fields=["text_zh"], name="address_words_zh", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["text_en"], name="address_words_en", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.code
