"""Thin edges of accounts."""
