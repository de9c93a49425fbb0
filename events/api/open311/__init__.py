"""GeoReport v2 of Open311: report an incident and look up public ones with any program that speaks it.

What the standard leaves open, or we decide against its letter, stands in docs/api.md.
"""
