"""Facts about persons: where somebody lives, can be reached, works. Who the person is stands in `accounts.Person`.

Each fact is a row of its own with purpose, basis, source, day and end; what a case knows of somebody stays with the
case, and no room keeps a copy. There is no list of persons and no search by place: a fact is reached from a matter of
the person's own.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.sealed import SealedField


class PersonFact(models.Model):
    """One fact, sealed. A newer one of the same kind ends it; it leaves on its last day (grids.kinds.FACTS)."""

    class Kind(models.TextChoices):
        RESIDENCE = "residence", _("where the person lives")
        ADDRESS = "address", _("where the person can be reached")
        EMPLOYMENT = "employment", _("where the person works")

    id = models.UUIDField(primary_key=True, editable=False)  # UUIDv7 made by the application: the value is bound to it
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = SealedField(mask="address")
    # the building follows a change of boundaries, and with it the fact; the employer where it is in the register
    building = models.ForeignKey(
        "grids.Building", null=True, blank=True, on_delete=models.SET_NULL, related_name="facts"
    )
    premises = models.ForeignKey(
        "grids.Premises", null=True, blank=True, on_delete=models.SET_NULL, related_name="facts"
    )
    source = models.CharField(max_length=40)  # "case:<number>"
    purpose = models.CharField(max_length=40)
    basis = models.CharField(max_length=120)
    as_of = models.DateField()
    verify_by = models.DateField()
    expires = models.DateField()
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=models.Q(ended_at=None), name="person_fact_one_of_a_kind"
            ),
            models.CheckConstraint(condition=models.Q(expires__gte=models.F("as_of")), name="person_fact_days"),
        ]
        indexes = [models.Index(fields=["expires"], name="person_fact_expires")]

    def __str__(self) -> str:
        return str(self.pk)
