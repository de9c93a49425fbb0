"""What the tables alone cannot say: append-only history, serial numbers per day, one answer per submission key."""

from django.db import migrations

APPEND_ONLY = "SELECT ledger_make_append_only('cases_historyentry')"
# DDL by hand is the way back in an emergency; a reversed migration drops the table anyway.
APPEND_ONLY_REVERSE = """
DROP TRIGGER append_only ON cases_historyentry;
DROP TRIGGER append_only_truncate ON cases_historyentry;
"""

# One sequence per day: no row is locked for a number, and numbers start at 1 every day. The first case of a day makes it.
SERIAL = """
CREATE FUNCTION case_serial(day text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE name text := 'case_serial_' || day;
BEGIN
    IF day !~ '^[0-9]{8}$' THEN RAISE EXCEPTION 'no day: %', day; END IF;
    IF to_regclass(name) IS NULL THEN
        BEGIN
            EXECUTE format('CREATE SEQUENCE %I', name);
        EXCEPTION WHEN unique_violation OR duplicate_table THEN
            NULL;  -- another first case of the day was quicker
        END;
    END IF;
    RETURN nextval(name);
END $$;
"""

# Waits for the same key under way (each statement of a volatile function sees what was committed meanwhile), then either
# finds the first answer or draws a number.
BEGIN = """
CREATE FUNCTION case_begin(key text, day text, OUT first_id bigint, OUT first_hash text, OUT serial bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('case_begin:' || key, 0));
    SELECT id, submission_hash INTO first_id, first_hash FROM cases_case WHERE submission_key = key;
    IF first_id IS NULL THEN
        serial := case_serial(day);
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_REVERSE),
        migrations.RunSQL(SERIAL, "DROP FUNCTION case_serial(text)"),
        migrations.RunSQL(BEGIN, "DROP FUNCTION case_begin(text, text)"),
    ]
