"""Pay lines by month: what is three years past the end of a project leaves as a whole table, and a month is one small one.

The table is still empty, so it is made anew. A unique key must hold the partition key, hence (id, month); `id` alone stays
what Django calls the primary key. `wages_keep_month` makes the partition of a month the first time a sheet brings it.
"""

from django.db import migrations

PARTITIONED = """
DROP TABLE wages_payline;
CREATE SEQUENCE wages_payline_id_seq AS bigint;
CREATE TABLE wages_payline (
    id bigint NOT NULL DEFAULT nextval('wages_payline_id_seq'),
    month date NOT NULL CHECK (month = date_trunc('month', month)::date),
    team varchar(60) NOT NULL,
    days numeric(4, 1) NOT NULL CHECK (days BETWEEN 0 AND 31),
    due numeric(12, 2) CHECK (due >= 0),
    paid numeric(12, 2) NOT NULL CHECK (paid >= 0),
    paid_on date,
    answer varchar(10) NOT NULL,
    answered_at timestamptz,
    project_id bigint NOT NULL REFERENCES wages_project (id) DEFERRABLE INITIALLY DEFERRED,
    worker_id bigint NOT NULL REFERENCES wages_worker (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (id, month),
    CONSTRAINT pay_line_once UNIQUE (project_id, month, worker_id)
) PARTITION BY RANGE (month);
ALTER SEQUENCE wages_payline_id_seq OWNED BY wages_payline.id;
CREATE INDEX pay_line_worker ON wages_payline (worker_id, month DESC);
"""

# Attached, not created in place: attaching lets others read and write the months that are there.
KEEP_MONTH = """
CREATE FUNCTION wages_keep_month(of_day date) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    first date := date_trunc('month', of_day)::date;
    name text := 'wages_payline_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('wages_keep_month'), hashtext(name));
    IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE wages_payline INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE wages_payline ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   name, first, (first + interval '1 month')::date);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("wages", "0001_initial")]
    operations = [
        # backwards the first migration drops the table, partitioned or not
        migrations.RunSQL(PARTITIONED, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP_MONTH, "DROP FUNCTION wages_keep_month(date)"),
    ]
