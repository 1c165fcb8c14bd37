"""Drafts, publishing, protection of a version, governance. Knows no Dagster."""
