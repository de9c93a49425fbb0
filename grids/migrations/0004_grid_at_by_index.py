"""`grid_at` keeps its plan; made while a city was still empty, it would read every boundary for ever."""

from django.db import migrations

FUNCTION = "FUNCTION grid_at(float8, float8, date, text[], float8)"


class Migration(migrations.Migration):
    dependencies = [("grids", "0003_boundary_drafts")]
    operations = [
        migrations.RunSQL(f"ALTER {FUNCTION} SET enable_seqscan = off", f"ALTER {FUNCTION} RESET enable_seqscan"),
    ]
