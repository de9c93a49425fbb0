"""Point → grid as a function of the database: its plan is made once per connection, not once per call."""

from django.db import migrations

# A city answers with the grids that cover the point; where no grid is drawn, with the nearest county within `near`
# degrees. `day` null: today by the one clock. A point on a shared line lies in several grids: ordered by code.
GRID_AT = """
CREATE FUNCTION grid_at(lon float8, lat float8, day date, schemes text[], near float8)
RETURNS TABLE (
    scheme text, grid_id bigint, version_id bigint, code text, name_zh text, name_en text, path text,
    division_path text, division_zh text, division_en text, parent_zh text, parent_en text
) LANGUAGE plpgsql STABLE ROWS 2 AS $$
DECLARE
    place geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
    on_day date := coalesce(day, (app_now() AT TIME ZONE 'Asia/Shanghai')::date);
BEGIN
    -- place first, date second: a plan that does not know the date would search the index of dates, which holds them all
    RETURN QUERY
        WITH covering AS MATERIALIZED (
            SELECT v.id, v.grid_id, v.scheme_id, v.valid FROM grids_gridversion v WHERE ST_Covers(v.boundary, place)
        )
        SELECT s.code::text, g.id, v.id, g.code::text, g.name_zh::text, g.name_en::text, g.path::text,
               d.path::text, d.name_zh::text, d.name_en::text, p.name_zh::text, p.name_en::text
          FROM covering v
          JOIN grids_scheme s ON s.id = v.scheme_id
          JOIN grids_grid g ON g.id = v.grid_id
          JOIN grids_division d ON d.id = g.division_id
          LEFT JOIN grids_division p ON p.id = d.parent_id
         WHERE v.valid @> on_day AND s.code = ANY(schemes)
         ORDER BY g.code;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT ''::text, NULL::bigint, NULL::bigint, ''::text, ''::text, ''::text, ''::text,
               d.path::text, d.name_zh::text, d.name_en::text, p.name_zh::text, p.name_en::text
          FROM grids_division d
          LEFT JOIN grids_division p ON p.id = d.parent_id
         WHERE ST_DWithin(d.outline, place, near) AND d.level = 'county' AND d.valid @> on_day
         ORDER BY ST_Distance(d.outline, place), d.code
         LIMIT 1;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("grids", "0001_initial"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(GRID_AT, "DROP FUNCTION grid_at(float8, float8, date, text[], float8)"),
    ]
