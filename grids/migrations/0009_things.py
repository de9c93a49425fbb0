"""Buildings, parts, equipment and barriers, and the triggers that say where they belong."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Where a thing belongs is decided here, whoever writes it. `UPDATE … SET point = point` asks again, which is how things
# follow a change of boundaries. On a shared line the lower code has it, as everywhere.
PLACE = """
CREATE FUNCTION version_at(place geometry, wanted text, on_day date) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    found bigint;
BEGIN
    WITH covering AS MATERIALIZED (
        SELECT v.id, v.grid_id, v.scheme_id, v.valid FROM grids_gridversion v WHERE ST_Covers(v.boundary, place)
    )
    SELECT v.id INTO found FROM covering v
      JOIN grids_scheme s ON s.id = v.scheme_id AND s.code = wanted
      JOIN grids_grid g ON g.id = v.grid_id
     WHERE v.valid @> on_day ORDER BY g.code LIMIT 1;
    RETURN found;
END $$;

CREATE FUNCTION place_thing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    on_day date := (app_now() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    NEW.service_version_id := version_at(NEW.point, 'service', on_day);
    NEW.management_version_id := version_at(NEW.point, 'management', on_day);
    SELECT g.division_id, g.path INTO NEW.division_id, NEW.path
      FROM grids_gridversion v JOIN grids_grid g ON g.id = v.grid_id
     WHERE v.id = coalesce(NEW.service_version_id, NEW.management_version_id);
    IF NOT FOUND THEN
        SELECT d.id, d.path INTO NEW.division_id, NEW.path FROM grids_division d
         WHERE ST_Covers(d.outline, NEW.point) AND d.valid @> on_day ORDER BY length(d.path) DESC, d.code LIMIT 1;
    END IF;
    NEW.path := coalesce(NEW.path, '');
    RETURN NEW;
END $$;

CREATE FUNCTION place_barrier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT d.id, d.path INTO NEW.division_id, NEW.path FROM grids_division d
     WHERE ST_Covers(d.outline, NEW.line) AND d.valid @> (app_now() AT TIME ZONE 'Asia/Shanghai')::date
     ORDER BY length(d.path) DESC, d.code LIMIT 1;
    NEW.path := coalesce(NEW.path, '');
    RETURN NEW;
END $$;

CREATE TRIGGER place BEFORE INSERT OR UPDATE OF point ON grids_building
   FOR EACH ROW EXECUTE FUNCTION place_thing();
CREATE TRIGGER place BEFORE INSERT OR UPDATE OF point ON grids_citypart
   FOR EACH ROW EXECUTE FUNCTION place_thing();
CREATE TRIGGER place BEFORE INSERT OR UPDATE OF point ON grids_equipment
   FOR EACH ROW EXECUTE FUNCTION place_thing();
CREATE TRIGGER place BEFORE INSERT OR UPDATE OF line ON grids_barrier
   FOR EACH ROW EXECUTE FUNCTION place_barrier();
"""
UNPLACE = """
DROP FUNCTION place_barrier() CASCADE;
DROP FUNCTION place_thing() CASCADE;
DROP FUNCTION version_at(geometry, text, date);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_person_kept"),
        ("grids", "0008_proposal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Barrier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("path", models.CharField(editable=False, max_length=120)),
                ("source", models.CharField(max_length=120)),
                ("as_of", models.DateField()),
                ("verify_by", models.DateField(blank=True, null=True)),
                ("illustrative", models.BooleanField(default=False)),
                ("updated_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("road", "road"), ("river", "river"), ("railway", "railway"), ("wall", "wall")],
                        max_length=10,
                    ),
                ),
                ("name_zh", models.CharField(blank=True, max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=160)),
                ("line", django.contrib.gis.db.models.fields.LineStringField(srid=4326)),
                ("strength", models.FloatField(default=1.0)),
                (
                    "division",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.division",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["path", "code"],
                        name="barrier_path_prefix",
                        opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                    ),
                    models.Index(fields=["verify_by"], name="barrier_verify_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("strength__gte", 0), ("strength__lte", 1)), name="barrier_strength"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("path", models.CharField(editable=False, max_length=120)),
                ("source", models.CharField(max_length=120)),
                ("as_of", models.DateField()),
                ("verify_by", models.DateField(blank=True, null=True)),
                ("illustrative", models.BooleanField(default=False)),
                ("updated_at", models.DateTimeField()),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                ("name_zh", models.CharField(blank=True, max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=160)),
                ("shape", django.contrib.gis.db.models.fields.PolygonField(blank=True, null=True, srid=4326)),
                ("households", models.PositiveIntegerField(blank=True, null=True)),
                ("residents", models.PositiveIntegerField(blank=True, null=True)),
                ("storeys", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("home", "dwelling"),
                            ("mixed", "dwelling and shops"),
                            ("market", "shop or market"),
                            ("office", "office"),
                            ("school", "school or nursery"),
                            ("care", "health or care"),
                            ("public", "public service or culture"),
                            ("industry", "industry or store"),
                            ("farm", "farm building"),
                            ("site", "building site"),
                            ("other", "other use"),
                        ],
                        default="other",
                        max_length=10,
                    ),
                ),
                ("activity", models.PositiveIntegerField(default=0)),
                (
                    "division",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.division",
                    ),
                ),
                (
                    "house",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="building",
                        to="grids.address",
                    ),
                ),
                (
                    "management_version",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridversion",
                    ),
                ),
                (
                    "service_version",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["path", "code"],
                        name="building_path_prefix",
                        opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                    ),
                    models.Index(fields=["verify_by"], name="building_verify_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("house", None), ("households", None), _connector="OR"),
                        name="building_households_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CityPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("path", models.CharField(editable=False, max_length=120)),
                ("source", models.CharField(max_length=120)),
                ("as_of", models.DateField()),
                ("verify_by", models.DateField(blank=True, null=True)),
                ("illustrative", models.BooleanField(default=False)),
                ("updated_at", models.DateTimeField()),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                (
                    "system",
                    models.CharField(
                        choices=[("GB/T 30428.2-2013", "GB/T 30428.2-2013"), ("CJ/T 214-2007", "CJ/T 214-2007")],
                        default="GB/T 30428.2-2013",
                        max_length=20,
                    ),
                ),
                ("name_zh", models.CharField(blank=True, max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=160)),
                ("owner", models.CharField(blank=True, max_length=120)),
                ("maintainer", models.CharField(blank=True, max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sound", "sound"),
                            ("damaged", "damaged"),
                            ("missing", "missing"),
                            ("removed", "removed"),
                        ],
                        default="sound",
                        max_length=10,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.division",
                    ),
                ),
                (
                    "management_version",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridversion",
                    ),
                ),
                (
                    "service_version",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["path", "code"],
                        name="city_part_path_prefix",
                        opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                    ),
                    models.Index(fields=["verify_by"], name="city_part_verify_by"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code__regex", "^\\d{16}$")), name="city_part_16_digits")
                ],
            },
        ),
        migrations.CreateModel(
            name="Equipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("path", models.CharField(editable=False, max_length=120)),
                ("source", models.CharField(max_length=120)),
                ("as_of", models.DateField()),
                ("verify_by", models.DateField(blank=True, null=True)),
                ("illustrative", models.BooleanField(default=False)),
                ("updated_at", models.DateTimeField()),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                (
                    "kind",
                    models.CharField(
                        choices=[("sensor", "sensor"), ("handheld", "handheld"), ("camera", "camera")], max_length=10
                    ),
                ),
                ("serial", models.CharField(blank=True, max_length=60)),
                ("name_zh", models.CharField(blank=True, max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=160)),
                ("owner", models.CharField(blank=True, max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_use", "in use"),
                            ("stored", "in store"),
                            ("broken", "broken"),
                            ("retired", "taken out of service"),
                        ],
                        default="in_use",
                        max_length=10,
                    ),
                ),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("next_check", models.DateField(blank=True, null=True)),
                (
                    "custodian",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.division",
                    ),
                ),
                (
                    "management_version",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridversion",
                    ),
                ),
                (
                    "service_version",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.gridversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["path", "code"],
                        name="equipment_path_prefix",
                        opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                    ),
                    models.Index(fields=["verify_by"], name="equipment_verify_by"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("run", models.UUIDField(blank=True, null=True)),
                ("changes", models.JSONField(default=dict)),
            ],
            options={"indexes": [models.Index(fields=["kind", "code", "at"], name="thing_history")]},
        ),
        migrations.RunSQL(PLACE, UNPLACE),
    ]
