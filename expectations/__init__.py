"""Contracts: what each agency supplies, written once, and the judgement of a supply against them.

Nothing here knows Dagster, the warehouse or the report.
"""
