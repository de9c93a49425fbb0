"""Building projects, their months, the pay lines of their workers, warnings and claims.

Only `PayLine` and `Worker` speak of persons; `MonthFigure` holds the sums that boards and public pages read, so that no
page but the worker's own and the inspector's touches a pay line.
"""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class Project(models.Model):
    """A building project under supervision (保障农民工工资支付条例 Art. 26 to 34)."""

    class Industry(models.TextChoices):
        BUILDING = "building", _("building works")
        MUNICIPAL = "municipal", _("municipal works")
        TRANSPORT = "transport", _("transport works")
        WATER = "water", _("water works")

    code = models.CharField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    industry = models.CharField(max_length=10, choices=Industry.choices)
    owner = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    contractor = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="wage_projects")
    authority = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # who supervises the industry (Art. 7)
    path = models.CharField(max_length=120)  # territory of the site
    point = models.PointField(srid=4326)
    address = models.CharField(max_length=200)
    contract_price = models.DecimalField(max_digits=14, decimal_places=2)  # yuan
    signed_on = models.DateField()
    ends_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)
    pay_day = models.PositiveSmallIntegerField()  # of the month after the one worked (Art. 12)
    officer_phone = models.CharField(
        max_length=30, blank=True
    )  # the labour-wage officer's desk, as on the notice board
    deposit = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # yuan, Art. 32
    deposit_until = models.DateField(null=True, blank=True)  # end of the bank guarantee
    illustrative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pay_day__gte=1, pay_day__lte=28), name="project_pay_day_is_in_every_month"
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="project_path", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.code


class SpecialAccount(models.Model):
    """The account wages of one project are paid from (农民工工资专用账户, Art. 26); of its number only a tail."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.PROTECT, related_name="account")
    name = models.CharField(max_length=200)
    bank = models.CharField(max_length=120)
    tail = models.CharField(max_length=4)  # last four digits: enough to tell accounts apart
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.project_id)


class Worker(models.Model):
    """Somebody on the real-name roster of one project. The same person at two sites is two rows: what one contractor
    writes about a worker never opens what another wrote.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="workers", db_index=False)
    person = models.OneToOneField("accounts.Person", on_delete=models.PROTECT, related_name="wage_worker")
    id_number_index = models.BinaryField(max_length=32)  # blind index, for the next sheet

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id_number_index"], name="worker_once_per_project"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PayLine(models.Model):
    """One worker, one project, one month (Art. 15). The table is partitioned by month: see the first migration."""

    class Answer(models.TextChoices):
        NONE = "", _("not answered")
        CONFIRMED = "confirmed", _("received")
        DISPUTED = "disputed", _("disputed")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="lines", db_index=False)
    month = models.DateField()  # its first day
    team = models.CharField(max_length=60, blank=True)
    days = models.DecimalField(max_digits=4, decimal_places=1)  # attended
    due = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # yuan; null: not on the payroll
    paid = models.DecimalField(max_digits=12, decimal_places=2, default=0)  # yuan, from the special account
    paid_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "month", "worker"], name="pay_line_once"),
        ]
        indexes = [models.Index(fields=["worker", "-month"], name="pay_line_worker")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.month:%Y-%m} {self.pk}"


class MonthFigure(models.Model):
    """What a month of a project comes to: no persons. Four fields come from the bank, the rest from pay lines."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="months", db_index=False)
    month = models.DateField()  # its first day
    agreed = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # labour fee, yuan (Art. 29)
    arrived = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    arrived_on = models.DateField(null=True, blank=True)
    balance = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # at the end of the month
    attending = models.PositiveIntegerField(default=0)  # workers with attendance
    listed = models.PositiveIntegerField(default=0)  # workers on the payroll
    paid_workers = models.PositiveIntegerField(default=0)  # paid in full
    due = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    last_paid_on = models.DateField(null=True, blank=True)
    confirmed = models.PositiveIntegerField(default=0)  # workers who said they got it
    disputed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "month"], name="month_figure_once")]
        indexes = [models.Index(fields=["month"], name="month_figure_month")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.month:%Y-%m}"


class WageRule(models.Model):
    """A rule of an edition of kind "wage_rules": when it finds something, how red, by which clause."""

    edition = models.ForeignKey("ledger.Edition", on_delete=models.PROTECT, related_name="wage_rules", db_index=False)
    code = models.CharField(max_length=20)  # a rule that wages.rules knows
    level = models.CharField(max_length=6)  # red | yellow
    months = models.PositiveSmallIntegerField(default=0)  # after the month worked, before the rule looks
    days = models.PositiveSmallIntegerField(default=0)  # after the agreed pay day, before the rule looks
    share = models.DecimalField(max_digits=5, decimal_places=1, default=100)  # percent
    clause_zh = models.CharField(max_length=200)
    clause_en = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="wage_rule_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.code}"


class WageWarning(models.Model):
    """What a rule found; one row per case of kind "wage_warning", one per project, month and rule."""

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="wage_warning")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="warnings", db_index=False)
    month = models.DateField()
    rule = models.CharField(max_length=20)
    level = models.CharField(max_length=6)
    edition = models.ForeignKey("ledger.Edition", on_delete=models.PROTECT, related_name="+", db_index=False)
    figures = models.JSONField()  # the numbers of the arithmetic, as found; no persons
    now_figures = models.JSONField()  # the same as of the last sheet
    healed_at = models.DateTimeField(null=True, blank=True)  # the last sheet no longer shows it
    ordered_on = models.DateField(null=True, blank=True)
    ordered_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # yuan
    pay_until = models.DateField(null=True, blank=True)
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # yuan, by the evidence

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "month", "rule"], name="wage_warning_once")]

    def __str__(self) -> str:
        return str(self.case_id)


class WageClaim(models.Model):
    """Somebody says wages are owed; one row per case of kind "wage_claim". Who said so is the case's person."""

    class Matter(models.TextChoices):
        NOT_PAID = "not_paid", _("not paid")
        SHORT = "short", _("paid too little")
        OTHER = "other", _("something else")

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="wage_claim")
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )  # null: not known, or no building site
    line = models.BigIntegerField(null=True, blank=True)  # PayLine the worker disputed
    line_month = models.DateField(null=True, blank=True)
    employer = models.CharField(max_length=120, blank=True)  # as the claimant names it
    matter = models.CharField(max_length=10, choices=Matter.choices)
    first_month = models.DateField()
    last_month = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # yuan, as claimed
    people = models.PositiveIntegerField(default=1)  # how many it concerns
    description = models.TextField(blank=True)
    result_text = models.TextField(blank=True)  # what the claimant reads

    def __str__(self) -> str:
        return str(self.case_id)
