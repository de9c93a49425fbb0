"""Edges: pages of this room."""
