"""A new case knows its id before it is written, so that everything that comes with it is one statement."""

from django.db import migrations

BEGIN = """
DROP FUNCTION case_begin(text, text);
CREATE FUNCTION case_begin(
    key text, day text, OUT first_id bigint, OUT first_hash text, OUT serial bigint, OUT new_id bigint
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('case_begin:' || key, 0));
    SELECT id, submission_hash INTO first_id, first_hash FROM cases_case WHERE submission_key = key;
    IF first_id IS NULL THEN
        serial := case_serial(day);
        new_id := nextval(pg_get_serial_sequence('cases_case', 'id'));
    END IF;
END $$;
"""

BEFORE = """
DROP FUNCTION case_begin(text, text);
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
    dependencies = [("cases", "0003_closed_at")]
    operations = [migrations.RunSQL(BEGIN, BEFORE)]
