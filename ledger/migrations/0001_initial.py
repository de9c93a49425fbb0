import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

CLOCK = """
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT transaction_timestamp()';
COMMENT ON FUNCTION app_now() IS 'production';
"""

# Any app's migration makes a table append-only with: SELECT ledger_make_append_only('<table>')
APPEND_ONLY = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION ledger_make_append_only(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', kept);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', kept);
END $$;
"""

# The id is drawn anew under the lock, so that order of ids and order of the chain are the same.
AUDIT_CHAIN = """
CREATE FUNCTION ledger_audit_hash(line ledger_auditentry) RETURNS text LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        line.previous_hash, line.id, line.at, line.actor_kind, line.actor_id, line.actor_department, line.action,
        line.object_kind, line.object_id, line.data)::text, 'UTF8')), 'hex')
$$;
CREATE FUNCTION ledger_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ledger_auditentry'));
    NEW.id := nextval(pg_get_serial_sequence('ledger_auditentry', 'id'));
    NEW.previous_hash := coalesce((SELECT hash FROM ledger_auditentry ORDER BY id DESC LIMIT 1), '');
    NEW.hash := ledger_audit_hash(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_chain BEFORE INSERT ON ledger_auditentry FOR EACH ROW EXECUTE FUNCTION ledger_audit_chain();
SELECT ledger_make_append_only('ledger_auditentry');
SELECT ledger_make_append_only('ledger_accessentry');
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(CLOCK),
        migrations.RunSQL(APPEND_ONLY),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("working", models.BooleanField()),
                ("name_zh", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True)),
                ("hours", models.JSONField()),
                ("source", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("params", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("step", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("checkpoint", models.JSONField(default=dict)),
                ("cancel_requested", models.BooleanField(default=False)),
                ("message", models.TextField(blank=True)),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_department", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("media_type", models.CharField(max_length=60)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("taken_lon", models.FloatField(blank=True, null=True)),
                ("taken_lat", models.FloatField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by_kind", models.CharField(max_length=16)),
                ("created_by_id", models.CharField(blank=True, max_length=64)),
                ("upload_key", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="AccessEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_department", models.BigIntegerField(blank=True, null=True)),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.CharField(max_length=64)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                ("purpose", models.CharField(max_length=40)),
                ("case_id", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["subject_kind", "subject_id", "-at"], name="access_subject")],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_department", models.BigIntegerField(blank=True, null=True)),
                ("action", models.CharField(max_length=60)),
                ("object_kind", models.CharField(blank=True, max_length=60)),
                ("object_id", models.CharField(blank=True, max_length=64)),
                ("data", models.JSONField(default=dict)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["object_kind", "object_id"], name="audit_object")],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("approved", "approved"),
                            ("published", "published"),
                            ("superseded", "superseded"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                ("drafted_by", models.CharField(max_length=64)),
                ("drafted_at", models.DateTimeField()),
                ("approved_by", models.CharField(blank=True, max_length=64)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateTimeField(blank=True, null=True)),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number"), name="edition_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", ""),
                            models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="edition_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PeriodRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("period_start", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name", "period_start"), name="period_run_once")],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                ("payload", models.JSONField(default=dict)),
                ("payload_version", models.PositiveSmallIntegerField(default=1)),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                ("queue", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("nudged_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("lease_owner", models.CharField(blank=True, max_length=80)),
                ("lost_leases", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.TextField(blank=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("dead_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at__isnull", True), ("done_at__isnull", True)),
                        fields=["kind", "not_before", "id"],
                        name="promise_open",
                    ),
                    models.Index(fields=["kind", "-done_at"], name="promise_kind_done"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("detail", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settled_by", models.CharField(blank=True, max_length=80)),
                ("settlement", models.CharField(blank=True, max_length=20)),
                ("note", models.TextField(blank=True)),
                (
                    "promise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="ledger.promise",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=("promise",),
                        name="incident_one_open_per_promise",
                    )
                ],
            },
        ),
        migrations.RunSQL(AUDIT_CHAIN),
    ]
