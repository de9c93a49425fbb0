"""Who: departments, members, roles; person and organisation (identity only); notices and their delivery."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.sealed import SealedField


class User(AbstractUser):
    """A person who signs in. Disabled (`is_active = False`) ends every session within 5 s."""

    display_name = models.CharField(max_length=60, blank=True)
    display_name_en = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    # a resident's own identity; officials have none here
    person = models.OneToOneField("Person", null=True, blank=True, on_delete=models.PROTECT, related_name="user")

    def __str__(self) -> str:
        return self.username


class Department(models.Model):
    """A body in the tree city / county / township / community, by function."""

    class Level(models.TextChoices):
        CITY = "city", _("city")
        COUNTY = "county", _("county")
        TOWNSHIP = "township", _("township")
        COMMUNITY = "community", _("community")

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    level = models.CharField(max_length=12, choices=Level.choices)
    function = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    # materialised path of the area it answers for, owned by grids: "/37/3709/370902/"
    territory = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class Role(models.Model):
    """A role of the standard as data: what it may do is the list of rights."""

    class Separation(models.TextChoices):
        SYSTEM = "system", _("system administrator")
        SECURITY = "security", _("security administrator")
        AUDIT = "audit", _("audit administrator")

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    rights = ArrayField(models.CharField(max_length=60), default=list)
    face = models.CharField(max_length=10, default="desk")  # desk | field | public: the shell it lands in
    totp_required = models.BooleanField(default=False)
    separation = models.CharField(max_length=10, choices=Separation.choices, null=True, blank=True)

    def __str__(self) -> str:
        return self.code


class Membership(models.Model):
    """A hat: user × department × role × territory, with dates."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")
    territory = models.CharField(max_length=120)
    valid = DateRangeField()  # [from, to)
    # copied from the role: the constraint below cannot look across tables
    separation = models.CharField(max_length=10, null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="membership_three_administrators",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("separation", RangeOperators.NOT_EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(separation__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "department", "role", "territory", "valid"], name="membership_once"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "role"], name="membership_department_role"),
            models.Index(fields=["territory"], name="membership_territory", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id}@{self.department_id}"


class Person(models.Model):
    """Identity only. What a person is to a case is told by the case, never here."""

    id = models.UUIDField(
        primary_key=True, editable=False
    )  # UUIDv7 made by the application: the sealed values are bound to it
    name = SealedField(mask="name")
    id_number = SealedField(mask="id_number")
    phone = SealedField(mask="phone")
    id_number_index = models.BinaryField(null=True, blank=True, max_length=32)
    phone_index = models.BinaryField(null=True, blank=True, max_length=32)
    # per field: source, purpose, basis, expires (day), notice ("report/1"); accounts.actions.people.origin
    provenance = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id_number_index"], name="person_id_number"),
            models.Index(fields=["phone_index"], name="person_phone"),
            # what retention looks through: a person who was erased leaves it
            models.Index(fields=["created_at"], condition=models.Q(erased_at__isnull=True), name="person_kept"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Organisation(models.Model):
    """A legal entity: unified social credit code (GB 32100) and name; contact sealed."""

    id = models.UUIDField(primary_key=True, editable=False)
    credit_code = models.CharField(max_length=18, unique=True, null=True, blank=True)
    name = models.CharField(max_length=200)
    phone = SealedField(mask="phone")
    provenance = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class ApiClient(models.Model):
    """Another system that calls the API. The token is shown once and kept as SHA-256."""

    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PhoneCode(models.Model):
    """One-time code for a phone. The code is stored nowhere: it is the keyed hash of this row's id, made again to send
    and to check. Limits are counted here, so emptying Redis frees nobody."""

    id = models.UUIDField(primary_key=True, editable=False)  # UUIDv7 made by the application
    phone = SealedField(mask="phone")  # emptied once it is sent
    phone_index = models.BinaryField(max_length=32)
    purpose = models.CharField(max_length=20)
    notice = models.CharField(max_length=60, blank=True)  # what the form told: "sign_in/1"
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "-created_at"], name="phone_code_recent")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class Notice(models.Model):
    """Something a member or a person is told. Text is made from kind + data at reading, in the reader's language."""

    kind = models.CharField(max_length=40)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    case_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)  # ids and codes only
    dedupe_key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_user"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["person", "-created_at"], name="notice_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Delivery(models.Model):
    """One notice over one channel."""

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("in-app")
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=10, default="waiting")  # waiting | sent | failed
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_reference = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class StandInMessage(models.Model):
    """Demo mode only: what the stand-in for the SMS and mail provider would have sent; shown at /demo/outbox/."""

    channel = models.CharField(max_length=10)
    recipient = models.CharField(max_length=80)  # masked
    body = models.TextField()
    idempotency_key = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
