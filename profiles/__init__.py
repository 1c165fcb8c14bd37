"""The profile: figures, their protection, and the pages drawn from what is left. Nothing here knows
Dagster.
"""
