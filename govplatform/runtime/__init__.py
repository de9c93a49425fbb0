"""Bring the platform up, keep it up and take it down, with nothing but the standard library.

Runs before any virtual environment exists: ``python3 -m govplatform.runtime <verb>``.
"""
