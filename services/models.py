"""Services of the city: items as published editions, what only an application has, and the licences that come of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.sealed import SealedField


class Item(models.Model):
    """A service item (事项) of one edition of the catalogue. A matter keeps the row it was filed under, for ever."""

    class Audience(models.TextChoices):
        PERSON = "person", _("persons")
        ORGANISATION = "organisation", _("organisations")
        BOTH = "both", _("persons and organisations")

    edition = models.ForeignKey("ledger.Edition", on_delete=models.PROTECT, related_name="service_items")
    code = models.CharField(max_length=12)  # basic code (基本编码)
    type = models.CharField(max_length=2)  # 01 licence, 07 confirmation, 20 public service (domain 3.1)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    audience = models.CharField(max_length=12, choices=Audience.choices)
    accepting = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")  # who accepts
    issuing = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")  # whose decision
    who_zh = models.TextField()
    who_en = models.TextField()
    basis_zh = models.TextField()
    basis_en = models.TextField()
    accept_days = models.PositiveSmallIntegerField()  # working days, all of them
    promised_days = models.PositiveSmallIntegerField()
    statutory_days = models.PositiveSmallIntegerField()
    supplement_days = models.PositiveSmallIntegerField()
    fee = models.DecimalField(max_digits=9, decimal_places=2, default=0)  # yuan
    fee_basis_zh = models.CharField(max_length=200, blank=True)
    fee_basis_en = models.CharField(max_length=200, blank=True)
    review = models.CharField(max_length=10)  # simple | serial | parallel
    words = models.CharField(max_length=200, blank=True)  # what people call it, for the search
    form = models.JSONField(default=list)  # services.rules.forms.Field
    materials = models.JSONField(default=list)  # services.rules.forms.Material
    licence = models.JSONField(default=dict)  # services.rules.licences.LicenceKind

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="item_code")]

    def __str__(self) -> str:
        return self.code


class Matter(models.Model):
    """What only an application has; one row per case of kind "service"."""

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="matter")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="matters")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="matters"
    )  # who applies, if not the person of the case; he then acts for it
    answers = models.JSONField(default=dict)  # by field; personal ones as masks only
    personal = SealedField(mask="all")  # the personal answers in clear, as JSON
    materials = models.JSONField(default=dict)  # material → ids of stored files, which are attachments of the case
    supplement = models.JSONField(default=list)  # what was asked for, once: [{"material" or "field": key, "text": …}]
    supplement_answer = models.TextField(blank=True)
    decision = models.TextField(blank=True)  # reasons, as the applicant reads them
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.case_id)


class Draft(models.Model):
    """What somebody began and has not sent; sealed, one per person and item, forgotten after 30 days."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="service_drafts")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    content = SealedField(mask="all")  # raw form values as JSON
    files = models.JSONField(default=dict)  # material → ids of stored files
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "item"], name="draft_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Licence(models.Model):
    """An electronic licence (电子证照). Whether it is valid is decided on reading: revoked, or past its last day."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=80, unique=True)  # GB/T 36904, with its check character
    case = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="licence")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="licences")
    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="licences"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="licences"
    )
    holder = SealedField(mask="name")  # a person's name as on the day of issue; empty for an organisation
    holder_index = models.BinaryField(max_length=32, null=True, blank=True)
    issuer = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=list)  # what the licence says besides: [{"zh": label, "en": label, "value": …}]
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)  # last day; null: no end
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoke_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
                name="licence_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason="")),
                name="licence_revoked_by_somebody_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["-issued_at"], name="licence_issued")]

    def __str__(self) -> str:
        return self.number


class LicenceSerial(models.Model):
    """The last serial of a licence type in a year; the row is locked while the next one is drawn."""

    type = models.CharField(max_length=21)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "year"], name="licence_serial_once")]

    def __str__(self) -> str:
        return f"{self.type} {self.year} {self.last}"


class LicenceCheck(models.Model):
    """Somebody checked a licence: when, how and what he was told; never who. The holder sees it."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    way = models.CharField(max_length=8)  # code (QR) | digits | name
    answer = models.CharField(max_length=8)  # valid | expired | revoked | early
    code_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)  # a shown code serves once

    class Meta:
        indexes = [models.Index(fields=["licence", "-at"], name="licence_check_recent")]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.way}"
