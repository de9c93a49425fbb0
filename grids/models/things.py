"""What is in a grid: buildings, parts of the city (部件), equipment, premises, and what divides it: barriers.

Where a thing belongs is written by a trigger of the database (migration 0009) whenever its place is written: division,
path, and the boundary version of each scheme that covers it. A version that is no longer in force says openly that the
thing has not followed a change of boundaries yet; nobody has to remember to ask.
"""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class Recorded(models.Model):
    """A fact about the ground: its own number, where it is from, of which day, and until when it is to be verified."""

    code = models.CharField(max_length=40, unique=True)
    division = models.ForeignKey(
        "grids.Division", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    path = models.CharField(max_length=120, editable=False)  # of the grid, else of the division; "" outside the city
    source = models.CharField(max_length=120)
    as_of = models.DateField()
    verify_by = models.DateField(null=True, blank=True)
    illustrative = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class Placed(Recorded):
    """Something that stands at one place, and so in one grid of each scheme."""

    point = models.PointField(srid=4326)
    service_version = models.ForeignKey(
        "grids.GridVersion", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    management_version = models.ForeignKey(
        "grids.GridVersion", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


def _by_path(name: str) -> list[models.Index]:
    return [
        models.Index(fields=["path", "code"], name=f"{name}_path_prefix", opclasses=["varchar_pattern_ops"] * 2),
        models.Index(fields=["verify_by"], name=f"{name}_verify_by"),
    ]


class Building(Placed):
    """A building. The households of one with a house number are those of its address: one figure, at one place."""

    class Use(models.TextChoices):
        HOME = "home", _("dwelling")
        MIXED = "mixed", _("dwelling and shops")
        MARKET = "market", _("shop or market")
        OFFICE = "office", _("office")
        SCHOOL = "school", _("school or nursery")
        CARE = "care", _("health or care")
        PUBLIC = "public", _("public service or culture")
        INDUSTRY = "industry", _("industry or store")
        FARM = "farm", _("farm building")
        SITE = "site", _("building site")
        OTHER = "other", _("other use")

    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    shape = models.PolygonField(srid=4326, null=True, blank=True)
    house = models.OneToOneField(
        "grids.Address", null=True, blank=True, on_delete=models.SET_NULL, related_name="building"
    )
    households = models.PositiveIntegerField(null=True, blank=True)  # of one without a house number only
    residents = models.PositiveIntegerField(null=True, blank=True)  # below ten in a grid: never public
    storeys = models.PositiveSmallIntegerField(null=True, blank=True)
    use = models.CharField(max_length=10, choices=Use.choices, default=Use.OTHER)
    activity = models.PositiveIntegerField(default=0)  # people who work or come there on a working day

    class Meta:
        indexes = _by_path("building")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(house=None) | models.Q(households=None), name="building_households_once"
            )
        ]


class CityPart(Placed):
    """A part of the city (部件) by its 16 digits: county, major and minor class, serial number (domain.md 1.3)."""

    class System(models.TextChoices):
        GB_2013 = "GB/T 30428.2-2013", "GB/T 30428.2-2013"
        CJ_2007 = "CJ/T 214-2007", "CJ/T 214-2007"

    class State(models.TextChoices):
        SOUND = "sound", _("sound")
        DAMAGED = "damaged", _("damaged")
        MISSING = "missing", _("missing")
        REMOVED = "removed", _("removed")

    system = models.CharField(max_length=20, choices=System.choices, default=System.GB_2013)
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    department = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.CharField(max_length=120, blank=True)  # an organisation that is no department here
    maintainer = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SOUND)

    class Meta:
        indexes = _by_path("city_part")
        constraints = [models.CheckConstraint(condition=models.Q(code__regex=r"^\d{16}$"), name="city_part_16_digits")]


class Equipment(Placed):
    """A sensor, a handheld or a camera: whose it is, who keeps it, when it was looked at. Only where it is now: a
    handheld that remembered its places would follow the person who carries it."""

    class Kind(models.TextChoices):
        SENSOR = "sensor", _("sensor")
        HANDHELD = "handheld", _("handheld")
        CAMERA = "camera", _("camera")

    class State(models.TextChoices):
        IN_USE = "in_use", _("in use")
        STORED = "stored", _("in store")
        BROKEN = "broken", _("broken")
        RETIRED = "retired", _("taken out of service")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    serial = models.CharField(max_length=60, blank=True)
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    department = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.CharField(max_length=120, blank=True)
    custodian = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.IN_USE)
    checked_on = models.DateField(null=True, blank=True)
    next_check = models.DateField(null=True, blank=True)

    class Meta:
        indexes = _by_path("equipment")


class Premises(Placed):
    """Where an enterprise or organisation is, and what it does there: the registry's facts about it.

    Who it is stands in `accounts.Organisation`; one organisation may have several places.
    """

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        TRADER = "trader", _("self-employed trader")
        SOCIAL = "social", _("social organisation")
        PUBLIC = "public", _("public institution")
        OTHER = "other", _("other organisation")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PAUSED = "paused", _("closed for a time")
        CLOSED = "closed", _("given up")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    credit_code = models.CharField(max_length=18, blank=True)  # GB 32100; a trader without one has none
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, editable=False, on_delete=models.PROTECT, related_name="premises"
    )
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=160, blank=True)
    industry = models.CharField(max_length=5, blank=True)  # GB/T 4754: section letter, then two to four digits
    staff = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        indexes = [*_by_path("premises"), models.Index(fields=["credit_code"], name="premises_credit_code")]


class Barrier(Recorded):
    """What parts a neighbourhood: the grid compiler would rather not cross it. Path: the division around it."""

    class Kind(models.TextChoices):
        ROAD = "road", _("road")
        RIVER = "river", _("river")
        RAILWAY = "railway", _("railway")
        WALL = "wall", _("wall")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    line = models.LineStringField(srid=4326)
    strength = models.FloatField(default=1.0)  # 0 may be crossed freely, 1 may not be crossed

    class Meta:
        indexes = _by_path("barrier")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(strength__gte=0) & models.Q(strength__lte=1), name="barrier_strength"
            )
        ]


class ThingChange(models.Model):
    """What became of a thing: the fields that changed with both values, who wrote it, from where. Never changed."""

    kind = models.CharField(max_length=10)  # a key of grids.imports.thing_kinds.THINGS
    code = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    run = models.UUIDField(null=True, blank=True)  # the import it came with
    changes = models.JSONField(default=dict)  # field → [before, after]; empty: the thing is new

    class Meta:
        indexes = [models.Index(fields=["kind", "code", "at"], name="thing_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.at}"
