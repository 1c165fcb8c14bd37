"""Invented sample extracts, and the seeded generator that makes them. No child in them exists."""
