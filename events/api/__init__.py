"""Incidents for other systems: reports with a token, Open311 for everybody."""
